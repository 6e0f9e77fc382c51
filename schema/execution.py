"""From the text of a document to its answer: parse, limit, validate, execute.

Parsing and validating cost more than many an answer, and portals send the same documents all day: a
valid document is kept with its role's schema, together with the functions compiled from it. One that is
trusted is kept as long as the process lives.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, cast

from graphql import (
    ASTValidationRule,
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from compiled import Cache, CompiledExecutor
from schema.bad_input import in_dutch
from schema.build import RoleSchema
from schema.context import Context
from schema.limits import TOKENS, check_meaning, check_shape, is_marked, root_fields
from schema.visibility import STEP

# One tuple for the life of the process: new rule classes per request would defeat every cache.
RULES: tuple[type[ASTValidationRule], ...] = (
    *specified_rules,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)
ERRORS_SHOWN = 20
MOST_WAITING = 64
KEPT_DOCUMENT = 16 * 1024
KEPT_TOGETHER = 512 * 1024
UNKNOWN = "Loket kent deze documentId niet voor uw rol."


@dataclass(frozen=True, slots=True)
class Prepared:
    """A valid document of one role, ready to run."""

    document: DocumentNode
    operation_name: str | None
    kind: OperationType
    digest: str
    only_steps: bool
    length: int
    compiled: Cache = field(default_factory=dict)

    @property
    def label(self) -> str:
        return (self.operation_name or "-")[:64]


class BadRequest(Exception):
    """The document cannot run; the client reads why."""

    def __init__(self, errors: list[GraphQLError], code: str) -> None:
        super().__init__(code)
        self.errors = errors
        self.code = code


class Busy(Exception):
    """More documents wait to be looked at than will be in a few seconds."""


_desk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="documents")
_waiting = 0


async def _in_turn(look: Callable[[], Prepared]) -> Prepared:
    """One at a time, in a thread that shares the processor with whoever is answered meanwhile."""
    global _waiting
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_desk, look)
    finally:
        _waiting -= 1


Key = tuple[bytes, str | None]
"""The digest of a document, and the operation that is meant."""


class Documents:
    """The documents of one role's schema: those that are trusted, and those used last."""

    def __init__(self, schema: RoleSchema) -> None:
        self._schema = schema
        self._trusted: dict[bytes, dict[str | None, Prepared]] = {}
        self._kept: OrderedDict[Key, Prepared] = OrderedDict()
        self._looked_at: dict[Key, asyncio.Task[Prepared]] = {}
        self._length = 0

    async def prepare(self, *, text: str, operation_name: str | None) -> Prepared:
        """The document, parsed and found valid and within limits; or BadRequest, or Busy.

        One that is not known yet is looked at elsewhere, in its turn and once for all who send it meanwhile: what one
        sends keeps nobody else waiting.
        """
        digest = sha256(text.encode()).digest()
        if digest in self._trusted:
            return self.trusted(digest=digest, operation_name=operation_name)
        key = (digest, operation_name)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        looking = self._looked_at.get(key)
        if looking is None:
            if _waiting >= MOST_WAITING:
                raise Busy
            looking = self._looked_at[key] = asyncio.create_task(self._look(key, text))
            looking.add_done_callback(lambda done: self._looked(key, done))
        # Whoever hangs up leaves it to the others who sent the same.
        return await asyncio.shield(looking)

    async def _look(self, key: Key, text: str) -> Prepared:
        digest, operation_name = key
        prepared = await _in_turn(
            lambda: self._prepared(self._valid(_parsed(text)), operation_name, text, digest)
        )
        if prepared.length <= KEPT_DOCUMENT:
            self._kept[key] = prepared
            self._length += prepared.length
            while self._length > KEPT_TOGETHER:
                self._length -= self._kept.popitem(last=False)[1].length
        return prepared

    def _looked(self, key: Key, done: asyncio.Task[Prepared]) -> None:
        self._looked_at.pop(key, None)
        if not done.cancelled():
            done.exception()  # Heard, also where nobody waits for it any more.

    def trust(self, *, text: str) -> None:
        """Keep a document for good, each of its operations ready; BadRequest when this role cannot run it."""
        digest = sha256(text.encode()).digest()
        document = self._valid(_parsed(text))
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        names = [one.name.value if one.name else None for one in operations]
        ready = {name: self._prepared(document, name, text, digest) for name in names}
        if len(names) == 1:
            # One alone need not be named.
            ready[None] = ready[names[0]]
        self._trusted[digest] = ready

    def trusted(self, *, digest: bytes, operation_name: str | None) -> Prepared:
        """A document that is trusted, by its digest; or BadRequest."""
        operations = self._trusted.get(digest)
        if operations is None:
            raise BadRequest([GraphQLError(UNKNOWN)], "DOCUMENT_UNKNOWN")
        if operation_name not in operations:
            raise _which_operation()
        return operations[operation_name]

    def _valid(self, document: DocumentNode) -> DocumentNode:
        schema = self._schema.core
        try:
            check_shape(document)
            errors = validate(schema, document, RULES, max_errors=ERRORS_SHOWN, hide_suggestions=True)
            if errors:
                raise BadRequest(errors, "GRAPHQL_VALIDATION_FAILED")
            check_meaning(schema=schema, document=document)
        except GraphQLError as error:
            raise BadRequest([error], "LIMIT_EXCEEDED") from error
        except RecursionError:
            raise BadRequest([GraphQLError("De vraag is te diep genest.")], "LIMIT_EXCEEDED") from None
        return document

    def _prepared(
        self, document: DocumentNode, operation_name: str | None, text: str, digest: bytes
    ) -> Prepared:
        operation = get_operation_ast(document, operation_name)
        if operation is None:
            raise _which_operation()
        return Prepared(
            document=document,
            operation_name=operation.name.value if operation.name else None,
            kind=operation.operation,
            digest=digest.hex()[:16],
            only_steps=self._only_steps(document, operation),
            length=len(text),
        )

    def _only_steps(self, document: DocumentNode, operation: OperationDefinitionNode) -> bool:
        root = self._schema.core.mutation_type
        if root is None or operation.operation is not OperationType.MUTATION:
            return False
        fragments = {
            definition.name.value: definition
            for definition in document.definitions
            if isinstance(definition, FragmentDefinitionNode)
        }
        asked = root_fields(operation.selection_set, fragments)
        return all(is_marked(self._schema.core.get_field(root, node.name.value), STEP) for node in asked)

    async def execute(
        self, *, prepared: Prepared, variables: Mapping[str, Any], context: Context
    ) -> ExecutionResult:
        """Run it. Variables that do not fit are a BadRequest; nothing has run then."""
        executor = CompiledExecutor.build(
            self._schema.core,
            prepared.document,
            context_value=context,
            raw_variable_values=dict(variables),
            operation_name=prepared.operation_name,
            is_awaitable=optimized_is_awaitable,  # type: ignore[arg-type]
            hide_suggestions=True,
            compiled=prepared.compiled,
        )
        if isinstance(executor, list):
            raise BadRequest([in_dutch(error) for error in executor], "BAD_USER_INPUT")
        result = executor.execute_operation()
        if executor.is_awaitable(result):
            result = await cast(Awaitable[ExecutionResult], result)
        return cast(ExecutionResult, result)


def _parsed(text: str) -> DocumentNode:
    try:
        return parse(text, max_tokens=TOKENS)
    except GraphQLSyntaxError as error:
        raise BadRequest([error], "GRAPHQL_PARSE_FAILED") from error
    except RecursionError:
        raise BadRequest([GraphQLError("De vraag is te diep genest.")], "LIMIT_EXCEEDED") from None


def _which_operation() -> BadRequest:
    return BadRequest(
        [GraphQLError("Noem in operationName welke van de operaties u bedoelt.")], "OPERATION_NAME_REQUIRED"
    )
