"""The schema of every role, from all there is to ask and to do."""

from schema.build import build_schemas
from schema.mutations import Mutation
from schema.queries import Query
from schema.refusals import REFUSALS

SCHEMAS = build_schemas(query=Query, mutation=Mutation, refusals=REFUSALS)
