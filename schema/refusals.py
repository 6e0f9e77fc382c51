"""Every refusal, who may be told it, and what its facts mean. A test fails on one that is not here."""

from rules import (
    calendar,
    documents,
    dossier,
    dossier_import,
    enrolment,
    exports,
    handling,
    input,
    integrator,
    login_request,
    not_placing,
    parent_login,
    passwords,
    reconsideration,
    sign_in,
    steps,
    supplement,
    uploads,
)
from rules.refusal import Refusal
from rules.vocabulary import Role
from schema import idempotency
from schema.errors import RefusalTypes, Told, told_to
from schema.visibility import EVERYONE, SIGNED_IN

PO = Role.PO_EDITOR
SENDING = frozenset({Role.PO_EDITOR, Role.REGION_ADMIN})
FAMILY = Role.PARENT

VO = Role.VO_STAFF

TABLE: dict[type[Refusal], Told] = {
    steps.NotFound: told_to(EVERYONE, description="Dit is er niet, of het is niet van u."),
    steps.Stale: told_to(
        SIGNED_IN,
        description="Iemand anders heeft dit intussen gewijzigd.",
        current_version="De versie die er nu staat.",
    ),
    steps.StateConflict: told_to(
        SIGNED_IN,
        description="De stap past niet bij de stand waarin het kind nu is.",
        step="De stap die niet kon.",
        state="De stand waarin het kind nu is.",
        explanation="Wat er aan de hand is.",
    ),
    handling.PupilLeft: told_to(
        VO,
        description="De leerling was bij uw school aangemeld, en is dat niet meer.",
        how="REVOKED: door de ouders. CORRECTED: door de basisschool. REASSIGNED: doorgeplaatst. ENDED: anders.",
    ),
    handling.NoPriorityClaim: told_to(VO, description="Er is geen voorrang aangevraagd."),
    handling.DepartmentNotAppliedFor: told_to(
        VO, description="De leerling is voor een andere afdeling aangemeld."
    ),
    handling.DepartmentClosedToAdvice: told_to(
        VO, description="De afdeling heeft geen plaatsen voor dit advies."
    ),
    handling.NoSeatsLeft: told_to(
        VO,
        description="Alle plaatsen zijn bezet.",
        group="De capaciteitsgroep.",
        seats="Hoeveel plaatsen zij heeft.",
        there="Of het gaat om de school waar de leerling heen zou gaan.",
    ),
    handling.SeatsLeft: told_to(
        VO, description="Er is nog plaats.", group="De capaciteitsgroep.", free="Hoeveel plaatsen vrij zijn."
    ),
    handling.NotFirstChoiceSchool: told_to(
        VO, description="Alleen de school van eerste voorkeur plaatst door, en één keer."
    ),
    handling.NotOnTheList: told_to(
        VO, description="De school en afdeling staan niet op plaats 2 of lager van de lijst."
    ),
    supplement.NoPrimarySchool: told_to(VO, description="De leerling heeft geen basisschool in de regio."),
    supplement.NoOpenSupplement: told_to(PO, description="Er staat geen vraag om een aanvulling open."),
    supplement.SupplementAnswered: told_to(PO, description="De vraag is al anders beantwoord."),
    supplement.SupplementNotChosen: told_to(
        PO,
        description="Er staan meer vragen open: zeg welke u beantwoordt.",
        supplement_ids="De vragen die openstaan.",
    ),
    calendar.PeriodClosed: told_to(
        EVERYONE,
        description="De periode voor deze handeling is niet open.",
        opens_at="Wanneer de periode begint; leeg als er geen datum is.",
        closes_at="Wanneer de periode eindigt; leeg als zij niet eindigt.",
        too_early="Of de periode nog moet beginnen.",
    ),
    calendar.YearClosed: told_to(EVERYONE, description="Het schooljaar is afgesloten."),
    input.InvalidValue: told_to(
        EVERYONE,
        description="Een veld is niet goed ingevuld.",
        field="Het veld.",
        reason="Wat er niet goed is.",
    ),
    sign_in.WrongCredentials: told_to(
        EVERYONE, description="De gebruikersnaam of het wachtwoord klopt niet."
    ),
    sign_in.TooManyAttempts: told_to(
        EVERYONE,
        description="Er is te vaak geprobeerd.",
        retry_after_seconds="Na hoeveel seconden het opnieuw kan.",
    ),
    sign_in.SignInBusy: told_to(
        EVERYONE,
        description="Er loggen nu te veel mensen tegelijk in.",
        retry_after_seconds="Na hoeveel seconden het opnieuw kan.",
    ),
    sign_in.LinkInvalid: told_to(
        EVERYONE, description="De link werkt niet: al gebruikt, vervangen door een nieuwere, of onbekend."
    ),
    sign_in.OwnPasswordNeeded: told_to(
        EVERYONE, description="Er is al een account: de link werkt met het wachtwoord dat het heeft."
    ),
    sign_in.LinkExpired: told_to(EVERYONE, description="De link is verlopen."),
    passwords.PasswordTooWeak: told_to(
        EVERYONE,
        description="Dit wachtwoord nemen wij niet aan.",
        reason="TOO_SHORT, TOO_LONG, BREACHED (te bekend) of LIKE_NAME (lijkt op een naam).",
    ),
    idempotency.IdempotencyKeyReused: told_to(
        SIGNED_IN, description="Deze Idempotency-Key is al gebruikt voor een andere vraag."
    ),
    idempotency.IdempotencyKeyBusy: told_to(
        SIGNED_IN, description="De vraag onder deze Idempotency-Key loopt nog, of is afgebroken."
    ),
    parent_login.ParentLoginNotReady: told_to(
        SENDING,
        description="Aan een of meer voorwaarden voor de ouderinlog is niet voldaan.",
        oki_doc_not_final="Het Oki-doc staat niet op definitief.",
        test_result_missing="Het resultaat van de doorstroomtoets is er niet.",
        test_advice_unread="De basisschool moet het toetsadvies nog bevestigen.",
        advice_missing="Het definitieve advies is er niet.",
        reconsideration_open="Het toetsadvies is hoger en het schooladvies is nog niet heroverwogen.",
        email_missing="De eerste ouder heeft geen e-mailadres.",
    ),
    parent_login.AdviceNotOnForm: told_to(
        EVERYONE,
        description="Een kind met dit advies wordt niet via dit formulier aangemeld.",
        advice="Het advies.",
        other_way="Hoe de aanmelding dan gaat.",
    ),
    parent_login.NotPlacing: told_to(
        SENDING, description="Er staat een reden om niet te plaatsen in het VO.", reason="De reden."
    ),
    parent_login.LoginAlreadyActive: told_to(
        SENDING, description="De ouders hebben het account al geactiveerd."
    ),
    reconsideration.TestAdviceConfirmed: told_to(PO, description="Het toetsadvies is al bevestigd."),
    reconsideration.ReconsiderationNeeded: told_to(
        PO,
        description="Heroverweeg eerst het schooladvies.",
        test_advice="Het toetsadvies.",
        school_advice="Het schooladvies.",
    ),
    dossier.OkiDocIncomplete: told_to(
        PO, description="Het Oki-doc is nog niet compleet.", missing="Wat er nog moet gebeuren."
    ),
    dossier.PlacedAlready: told_to(
        PO,
        description="De leerling is al geplaatst.",
        leaves="Of de leerling niet meer zou komen: dan beëindigt de VO-school eerst de aanmelding.",
    ),
    dossier.PupilKnown: told_to(SENDING, description="Deze leerling staat al in het systeem."),
    dossier.ElkNumbersUsedUp: told_to(SENDING, description="Er zijn geen ELK-nummers meer."),
    dossier_import.DossierUnreadable: told_to(
        PO,
        description="Uit dit bestand is niets over te nemen.",
        reason="De vaste naam van de oorzaak.",
        explanation="Wat er mis is, en wat u kunt doen.",
    ),
    dossier_import.DossierOfOtherSchool: told_to(
        PO, description="Het dossier is van een andere school.", brin="De BRIN in het dossier."
    ),
    dossier_import.DossierMatchUnsure: told_to(
        PO,
        description="Van wie het dossier is, moet een mens zeggen.",
        pupil_ids="De leerlingen met deze naam en geboortedatum.",
    ),
    dossier_import.ConfirmOverwrite: told_to(
        PO,
        description="Bevestig dat het dossier een definitief Oki-doc of een ander BSN mag wijzigen.",
        replaces_bsn="Het dossier heeft een ander BSN dan deze leerling.",
    ),
    dossier_import.DossierWithoutBirthDate: told_to(
        PO, description="Het dossier heeft geen geboortedatum die kan kloppen."
    ),
    not_placing.ConfirmWithdrawal: told_to(
        PO, description="Bevestig dat de aanmelding mag worden ingetrokken."
    ),
    enrolment.EnrolmentIncomplete: told_to(
        FAMILY,
        description="De aanmelding is nog niet compleet.",
        missing="Wat er nog moet gebeuren, in de volgorde van het formulier.",
    ),
    enrolment.AlreadyEnrolledElsewhere: told_to(
        FAMILY,
        description="Het kind is al definitief aangemeld in een andere regio.",
        region="De naam van die regio.",
    ),
    login_request.ConfirmDuplicate: told_to(
        Role.REGION_ADMIN,
        description="Er is al een kind met deze naam en geboortedatum.",
        elk_numbers="De ELK-nummers van die kinderen.",
    ),
    integrator.IntegratorEnded: told_to(
        Role.REGION_ADMIN, description="De koppeling is ingetrokken of verlopen."
    ),
    enrolment.TooManyPreferences: told_to(
        FAMILY, description="Er staan te veel scholen op de lijst.", most="Hoeveel er op een lijst passen."
    ),
    enrolment.EnrolmentFinal: told_to(FAMILY, description="De aanmelding is al definitief."),
    enrolment.BeingHandled: told_to(FAMILY, description="De school behandelt de aanmelding al."),
    enrolment.NothingToRevoke: told_to(FAMILY, description="Er is geen definitieve aanmelding."),
    enrolment.CannotEnrol: told_to(FAMILY, description="Het kind kan nu niet worden aangemeld."),
    exports.TooManyExports: told_to(
        VO,
        Role.REGION_ADMIN,
        Role.INTEGRATOR,
        description="Er worden al te veel exports voor u gemaakt.",
        most="Hoeveel er tegelijk gemaakt worden.",
    ),
    documents.TooManyDocuments: told_to(
        PO,
        FAMILY,
        description="Er worden al te veel pdf's voor u gemaakt.",
        most="Hoeveel er tegelijk mogen worden gemaakt.",
    ),
    uploads.UploadKindNotYours: told_to(SIGNED_IN, description="Dit soort bestand kunt u niet versturen."),
    uploads.UploadTooLarge: told_to(
        SIGNED_IN, description="Het bestand is te groot.", most_bytes="Hoe groot het mag zijn, in bytes."
    ),
    uploads.UploadSizeDiffers: told_to(
        SIGNED_IN,
        description="Het bestand is groter of kleiner dan is aangekondigd.",
        size="Hoeveel bytes er zijn aangekomen.",
        declared_size="Hoeveel bytes er waren aangekondigd.",
    ),
    uploads.TooManyUploads: told_to(
        SIGNED_IN,
        description="Er zijn al te veel bestanden.",
        most="Hoeveel het er mogen zijn.",
        dossiers="Het gaat om dossiers die nog niet zijn overgenomen.",
    ),
    uploads.UploadEmpty: told_to(SIGNED_IN, description="Het bestand is leeg."),
    uploads.OnlyForOutsidePupils: told_to(
        SIGNED_IN, description="Alleen ouders van een buitenleerling sturen zelf bestanden."
    ),
    uploads.FileRefused: told_to(
        SIGNED_IN,
        description="Dit bestand nemen wij niet aan.",
        found="Wat voor bestand het is.",
        explanation="Waarom, en wat u kunt doen.",
    ),
    uploads.UploadReceived: told_to(
        SIGNED_IN, description="Er is al een ander bestand ontvangen via deze link."
    ),
    uploads.UploadNotReady: told_to(
        SIGNED_IN, description="Het bestand is nog niet klaar voor gebruik.", state="Hoe het ermee staat."
    ),
}

REFUSALS = RefusalTypes(TABLE)
