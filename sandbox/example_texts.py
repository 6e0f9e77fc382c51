"""The documents of the examples on /dev, as a portal would send them."""

WHO = """{
  viewer {
    role
    displayName
    school { name }
  }
}"""

PERIODS = """{
  currentPeriods {
    kind
    opensAt
    closesAt
  }
}"""

SESSIONS = """{
  sessions {
    id
    device
    lastSeenAt
    current
  }
}"""

LOGIN = """# Met het token hieruit, als Authorization: Bearer …, krijgt u
# het schema van deze rol. De knoppen links doen dit voor u.
mutation ($input: LoginInput!) {
  login(input: $input) {
    session { token expiresAt role }
    errors { code message }
  }
}"""

FORGOTTEN = """# De mail komt binnen in de mailbox hiernaast.
mutation ($input: RequestPasswordResetInput!) {
  requestPasswordReset(input: $input) {
    errors { code message }
  }
}"""

ASK_FOR_LOGIN = """# Het antwoord is altijd hetzelfde. Klopt het, dan komt de mail bij de ouders.
mutation ($input: RequestParentLoginInput!) {
  requestParentLogin(input: $input) {
    errors { code message path }
  }
}"""

REGISTER = """# Bevestig daarna het adres met de link in de mailbox hiernaast.
mutation ($input: RegisterOutsidePupilInput!) {
  registerOutsidePupil(input: $input) {
    errors { code message path }
  }
}"""

# Parents

CHILD = """{
  child {
    elkNumber
    fullName
    birthDate
    adviceLabel
    listLength
    loginStatus
    address { street houseNumber postcode city }
    primarySchool { name }
    enrolment {
      status
      version
      canFinalize
      missing
      preferences { rank department { name school { name } } }
      priorityClaim { ground status }
    }
    placementResult { status message }
  }
}"""

SCHOOLS = """{
  secondarySchools {
    id
    name
    priorityGrounds
    departments { id name openToChild }
  }
}"""

SAVE = """mutation ($input: SaveEnrolmentInput!) {
  saveEnrolment(input: $input) {
    enrolment {
      version
      canFinalize
      missing
      preferences { rank department { name school { name } } }
    }
    notices
    errors { code message path }
  }
}"""

FINALIZE = """mutation ($input: FinalizeEnrolmentInput!) {
  finalizeEnrolment(input: $input) {
    enrolment { status version finalizedAt }
    errors { code message ... on EnrolmentIncomplete { missing } }
  }
}"""

REVOKE = """mutation ($input: RevokeEnrolmentInput!) {
  revokeEnrolment(input: $input) {
    enrolment { status version }
    errors { code message }
  }
}"""

FAMILY_FILES = """{
  child {
    attachments { filename title contentType size addedAt url }
    familyDocuments { id filename contentType size addedAt url }
  }
}"""

REMOVE_FAMILY_DOCUMENT = """mutation ($input: RemoveFamilyDocumentInput!) {
  removeFamilyDocument(input: $input) {
    pupil { familyDocuments { id filename } }
    errors { code message }
  }
}"""

# Everybody who may ask for a PDF or send a file

DOCUMENT = """# De pdf is meestal binnen een paar tellen klaar. Deze pagina vraagt
# daarna zelf met document(id) om de link, tot die er is.
mutation ($input: CreateDocumentInput!) {
  createDocument(input: $input) {
    document { id status filename url }
    errors { code message }
  }
}"""

FETCH = """query ($id: ID!) {
  document(id: $id) {
    kind
    status
    filename
    url
  }
}"""

UPLOAD = """# Kies eerst een bestand met de knop hierboven: het wordt na het
# uitvoeren met PUT naar de link gestuurd die u terugkrijgt.
mutation ($input: CreateUploadInput!) {
  createUpload(input: $input) {
    upload { id state url }
    errors { code message }
  }
}"""

# Primary schools

OVERVIEW = """{
  pupils(first: 20) {
    totalCount
    nodes {
      fullName
      group
      adviceLabel
      parentLogins { region colour letters label }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

OVERVIEW_OF_EDITOR = """{
  pupils(first: 20) {
    totalCount
    nodes {
      id
      elkNumber
      fullName
      group
      adviceLabel
      parentLogins { region colour letters label }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

SEARCH = """query ($search: String!) {
  pupils(filter: { search: $search }, first: 10) {
    totalCount
    nodes { id fullName }
  }
}"""

PUPIL_OF_EDITOR = """query ($id: ID!) {
  pupil(id: $id) {
    elkNumber
    fullName
    birthDate
    adviceLabel
    address { street houseNumber postcode city }
    guardians { firstName infix lastName email }
    testResult { adviceLabel reconsiderationOpen }
    okiDoc { status version finalizedAt }
    parentLogins { region status sentAt activatedAt }
    attachments { id filename size url }
    notes { authorName text shared createdAt }
  }
}"""

EDIT = """mutation ($input: UpdateOkiDocInput!) {
  updateOkiDoc(input: $input) {
    pupil { fullName okiDoc { status version } }
    errors { code message path }
  }
}"""

FINALIZE_OKI_DOC = """mutation ($input: FinalizeOkiDocInput!) {
  finalizeOkiDoc(input: $input) {
    pupil { fullName okiDoc { status version } }
    errors { code message }
  }
}"""

SEND_LOGIN = """# Mail 1 komt binnen in de mailbox hiernaast.
mutation ($input: SendParentLoginInput!) {
  sendParentLogin(input: $input) {
    pupil {
      fullName
      parentLogins { region status colour label sentAt email }
    }
    errors { code message }
  }
}"""

REMOVE_ATTACHMENT = """mutation ($input: RemoveAttachmentInput!) {
  removeAttachment(input: $input) {
    pupil { attachments { id filename } }
    errors { code message }
  }
}"""

NOTE = """mutation ($input: AddNoteInput!) {
  addNote(input: $input) {
    pupil { notes { authorName organisationName text shared } }
    errors { code message path }
  }
}"""

CREATE = """mutation ($input: CreatePupilInput!) {
  createPupil(input: $input) {
    pupil { id elkNumber fullName okiDoc { status version } }
    errors { code message path }
  }
}"""

# Secondary schools

ENROLLED = """query ($filter: PupilFilter, $order: PupilOrder) {
  pupils(filter: $filter, order: $order, first: 20) {
    totalCount
    nodes {
      id
      elkNumber
      fullName
      adviceLabel
      placement { enrolledAt firstChoice { name } department { name } }
      placementStatus
      priorityClaim { ground status colour letter }
      movedAfterCentralPlacement
      transferMeeting
      openSupplement
      multipleBirth { isMultiple allApplyHere }
      twinsAtThisSchool { fullName }
      enrolment { preferences { rank department { name school { name } } } }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

DEPARTMENTS = """{
  departments {
    name
    capacity
    seatsLeft
    enrolledCount
    placedCount
    drawnOutCount
    withoutStatusCount
    undecidedPriorityCount
    movedCount
    groups { name adviezen seats placed seatsLeft }
  }
}"""

PUPIL_OF_SECONDARY = """query ($id: ID!) {
  pupil(id: $id) {
    elkNumber
    fullName
    birthDate
    adviceLabel
    primarySchool { name }
    guardians {
      firstName
      infix
      lastName
      relation
      email
      phone
    }
    testResult { adviceLabel }
    okiDoc {
      status
      sections {
        advice { motivation wishPupil }
        perspectivePlan { beginsOn }
        support { medication }
      }
    }
    attachments { filename size addedAt url }
    familyDocuments { filename size addedAt url }
    notes { organisationName text createdAt }
  }
}"""

# Regions

OVERVIEW_OF_REGION = """query ($filter: PupilFilter) {
  pupils(filter: $filter, first: 20) {
    totalCount
    nodes {
      id
      elkNumber
      fullName
      adviceLabel
      primarySchool { name }
      parentLogins { region status sentAt }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""

PUPIL_OF_REGION = """query ($id: ID!) {
  pupil(id: $id) {
    elkNumber
    fullName
    birthDate
    origin
    adviceLabel
    primarySchool { name }
    address { street houseNumber postcode city }
    testResult { adviceLabel deliveredAt }
    parentLogins { region status email sentAt activatedAt }
  }
}"""

REQUESTS = """{
  loginRequests {
    id
    origin
    fullName
    birthDate
    email
    elkNumber
    primarySchool { name }
    originSchool
    adviceLabel
    possibleDuplicates { elkNumber fullName region primarySchool sameBsn }
    otherRequests
    primarySchoolHere { name }
  }
}"""

APPROVE = """mutation ($input: ApproveLoginRequestInput!) {
  approveLoginRequest(input: $input) {
    pupil { elkNumber fullName parentLogins { region label email } }
    errors { code message path }
  }
}"""

DECLINE = """mutation ($input: DeclineLoginRequestInput!) {
  declineLoginRequest(input: $input) {
    loginRequest { fullName state reason }
    errors { code message path }
  }
}"""

# Project leads

NOT_PLACEABLE = """{
  notPlaceablePupils {
    elkNumber
    fullName
    primarySchool { name }
    notPlaceable { school { name } registeredAt }
  }
}"""
