"""What is asked in the comparison of reads: one document a case, the same for everyone that answers it.

Whoever answers these over HTTP takes `Authorization: Bearer <token>` of a session of Loket, finds it by the SHA-256 of
the token in `session.token_hash`, and gives the rows of that account and no others.
"""

_CHILD = "id elkNumber firstName infix lastName officialNames birthDate gender advice adviceLabel origin placementStatus"
_FORM = """enrolment { id version status acceptEquivalentDepartment finalizedAt
      preferences { rank department { id name school { id name } } } }"""

PAGE = f"""query Page {{
  pupils(first: 100) {{ totalCount nodes {{
    {_CHILD}
    {_FORM} }} }} }}"""
"""Staff of a secondary school: the first hundred of its list, by name."""

ONE = f"""query One($id: ID!) {{
  pupil(id: $id) {{
    {_CHILD}
    {_FORM} }} }}"""
"""Staff of a secondary school: one child of its list."""

ROWS = """query Rows($after: String) {
  exportEnrolments(first: 500, after: $after) { pageInfo { hasNextPage endCursor } nodes {
    id elkNumber firstName infix lastName birthDate advice primarySchool primarySchoolBrin school department
    enrolledAt placementStatus priorityGround priorityStatus acceptEquivalentDepartment isMultiple placedAt } } }"""
"""A region: 5,000 rows, in ten pages, as no page holds more than 500."""
ROWS_PAGES = 10

OVERVIEW = """query Overview {
  pupils(first: 100) { totalCount nodes {
    id elkNumber firstName infix lastName group advice adviceLabel notPlacingReason
    parentLogins { region regionName status colour letters label sentAt activatedAt } } } }"""
"""An editor of a primary school: all its children with where each login stands."""

START = """query Start { viewer { role displayName } currentPeriods { kind opensAt closesAt }
  child { id elkNumber firstName fullName birthDate adviceLabel listLength loginStatus primarySchool { name }
    address { street houseNumber postcode city } individualWindows { region closesAt }
    placementResult { status message school department }
    enrolment { id status version canFinalize missing acceptEquivalentDepartment finalizedAt
      preferences { rank department { id name school { id name } } }
      priorityClaim { ground status siblingName siblingClass } multipleBirth { isMultiple allApplyHere } } }
  secondarySchools { id name city priorityGrounds departments { id name openToChild } } }"""
"""A parent: everything on the first screen of a portal, in one request."""
