"""All there is to do, from its parts."""

from schema.documents import DocumentMutation
from schema.enrolment import EnrolmentMutation
from schema.exports import ExportMutation
from schema.handling import HandlingMutation
from schema.integrators import IntegratorMutation
from schema.login_requests import LoginRequestMutation
from schema.oso import OsoMutation
from schema.public import PublicMutation
from schema.pupil_steps import PupilMutation
from schema.supplements import SupplementMutation
from schema.visibility import output_type


@output_type("Wat u kunt doen.")
class Mutation(
    PublicMutation,
    PupilMutation,
    EnrolmentMutation,
    DocumentMutation,
    OsoMutation,
    LoginRequestMutation,
    HandlingMutation,
    SupplementMutation,
    ExportMutation,
    IntegratorMutation,
):
    pass
