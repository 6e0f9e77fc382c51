"""The questions and steps about machines and exports, as /dev offers them."""

LISTED = """{
  integrators {
    name
    username
    schools { name }
    kinds
    networks
    active
    expiresAt
    lastUsedAt
  }
}"""

CREATE = """mutation ($input: CreateIntegratorInput!) {
  createIntegrator(input: $input) {
    integrator { id username schools { name } kinds }
    secret
    errors { code message path }
  }
}"""

EXPORT = """mutation ($input: CreateExportInput!) {
  createExport(input: $input) {
    export { id status progress rowCount url }
    errors { code message path }
  }
}"""

EXPORTED = """query ($id: ID!) {
  export(id: $id) { status progress rowCount filename url expiresAt }
}"""

ROWS = """query ($since: DateTime) {
  exportEnrolments(first: 20, changedSince: $since) {
    totalCount
    changedUntil
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      left
      elkNumber
      firstName
      lastName
      department
      choice1School
      choice2School
      placementStatus
      priorityStatus
      movedAfterCentralPlacement
    }
  }
}"""

DRAWN_OUT = """{
  exportCentralPlacement {
    totalCount
    nodes { elkNumber firstName lastName choice2School choice2Department choice3School choice3Department }
  }
}"""
