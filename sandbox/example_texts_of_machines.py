"""The questions and steps about machines, as /dev offers them to a region."""

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
