"""The questions of `benchmarks.asked` as PostGraphile's own schema has them: its names, the same JSON."""

_CHILD = """id: rowId elkNumber firstName infix lastName officialNames birthDate gender advice adviceLabel origin
    placementStatus"""
_FORM = """enrolment { id: rowId version status acceptEquivalentDepartment finalizedAt
      preferences(orderBy: [RANK_ASC]) {
        rank department { id: rowId name school { id: rowId name } } } }"""

PAGE = f"""query Page {{
  pupils: allChildren(first: 100, orderBy: [SORT_NAME_ASC, ROW_ID_ASC]) {{ totalCount nodes {{
    {_CHILD}
    {_FORM} }} }} }}"""

ONE = f"""query One($id: UUID!) {{
  pupil: childByRowId(rowId: $id) {{
    {_CHILD}
    {_FORM} }} }}"""

ROWS = """query Rows($after: Cursor) {
  exportEnrolments: allExporteds(first: 500, after: $after, orderBy: [ROW_ID_ASC]) {
    pageInfo { hasNextPage endCursor } nodes {
    id: rowId elkNumber firstName infix lastName birthDate advice primarySchool primarySchoolBrin school department
    enrolledAt placementStatus priorityGround priorityStatus acceptEquivalentDepartment isMultiple placedAt } } }"""

OVERVIEW = """query Overview {
  pupils: allOwnPupils(first: 100, orderBy: [SORT_NAME_ASC, ROW_ID_ASC]) { totalCount nodes {
    id: rowId elkNumber firstName infix lastName group: classGroup advice adviceLabel notPlacingReason
    parentLogins(orderBy: [ELSEWHERE_ASC, REGION_NAME_ASC]) {
      region regionName status colour letters label sentAt activatedAt } } } }"""
