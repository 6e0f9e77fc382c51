"""An executor for strawberry that makes one Python function of a selection; see README.md."""

from compiled.executor import Cache, CompiledExecutor

__all__ = ["Cache", "CompiledExecutor"]
