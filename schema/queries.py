"""All there is to ask, from its parts."""

from schema.admissions import AdmissionQuery
from schema.documents import DocumentQuery
from schema.enrolment import EnrolmentQuery
from schema.exports import ExportQuery
from schema.integrators import IntegratorQuery
from schema.login_requests import LoginRequestQuery
from schema.overview import OverviewQuery
from schema.public import PublicQuery
from schema.tray import TrayQuery
from schema.visibility import output_type


@output_type("Wat u kunt vragen.")
class Query(
    PublicQuery,
    OverviewQuery,
    AdmissionQuery,
    EnrolmentQuery,
    DocumentQuery,
    TrayQuery,
    LoginRequestQuery,
    ExportQuery,
    IntegratorQuery,
):
    pass
