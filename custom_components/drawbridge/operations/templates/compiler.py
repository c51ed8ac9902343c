"""Compiles a template, with a check before each expensive operation.

The checks are nodes that Jinja's grammar cannot produce (``EnvironmentAttribute``), so a template cannot refer to them,
even with names that are built while it runs.
"""

from typing import Final, cast, override

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import Impossible
from jinja2.visitor import NodeTransformer

_NODES_PER_STEP: Final = 4


class MeteredCodeGenerator(CodeGenerator):
    """Jinja's code generator, which evaluates nothing at compile time and calls the checks directly."""

    @override
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        if not isinstance(node.node, nodes.EnvironmentAttribute):
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.write(f"environment.{node.node.name}(")
        for arg in node.args:
            self.visit(arg, frame)
            self.write(", ")
        self.write(")")

    @override
    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> str:
        if not isinstance(node, nodes.TemplateData):
            raise Impossible
        return super()._output_child_to_const(node, frame, finalize)


class Metering(NodeTransformer):
    """Adds checks to operations that can produce large results from small inputs.

    Each iteration of a loop and each call of a macro counts its body. Attributes, items, calls, filters, tests and
    arithmetic call the environment anyway and need no extra node.
    """

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802 - Jinja's name for it
        """Count the iterations of a loop, including those that its condition skips."""
        charge = _charge(node.body)
        if node.test is not None:
            test = nodes.And(_charge([node.test]), node.test)
            self.generic_visit(node)
            node.test = test
            test.right = cast("nodes.Expr", self.visit(test.right))
        else:
            self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(charge, lineno=node.lineno))
        node.iter = _check("rounds", node.iter)
        return node

    def visit_Macro(self, node: nodes.Macro) -> nodes.Macro:  # noqa: N802 - Jinja's name for it
        """Count the calls of a macro."""
        charge = _charge(node.body)
        self.generic_visit(node)
        node.body.insert(0, nodes.ExprStmt(charge, lineno=node.lineno))
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Call:  # noqa: N802 - Jinja's name for it
        """Check strings before they are joined."""
        self.generic_visit(node)
        return _check("joined", nodes.Tuple(node.nodes, "load"))

    def visit_List(self, node: nodes.List) -> nodes.Call:  # noqa: N802 - Jinja's name for it
        """Measure a list with its contents."""
        self.generic_visit(node)
        return _check("taken", node)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Call:  # noqa: N802 - Jinja's name for it
        """Measure a mapping with its contents."""
        self.generic_visit(node)
        return _check("taken", node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:  # noqa: N802 - Jinja's name for it
        """Measure a tuple with its contents, unless it is an assignment target."""
        self.generic_visit(node)
        return _check("taken", node) if node.ctx == "load" else node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:  # noqa: N802 - Jinja's name for it
        """Count the cost of a comparison."""
        self.generic_visit(node)
        node.expr = _compared(node.expr)
        for operand in node.ops:
            operand.expr = _compared(operand.expr)
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Expr:  # noqa: N802 - Jinja's name for it
        """Count the elements that a slice copies."""
        self.generic_visit(node)
        if not isinstance(node.arg, nodes.Slice):
            return node
        parts = (node.arg.start, node.arg.stop, node.arg.step)
        return _check("sliced", node.node, *(part or nodes.Const(None) for part in parts))


def _compared(node: nodes.Expr) -> nodes.Expr:
    return node if isinstance(node, nodes.Const) else _check("compared", node)


def _charge(body: list[nodes.Node]) -> nodes.Call:
    """Return the node that counts one execution of a body: its nodes, and the length of its literal text."""
    written = parts = 0
    stack = list(body)
    while stack:
        node = stack.pop()
        parts += 1
        if isinstance(node, nodes.TemplateData):
            written += len(node.data)
        if not isinstance(node, nodes.Macro):
            stack.extend(node.iter_child_nodes())
    return _check("charge", nodes.Const(1 + parts // _NODES_PER_STEP), nodes.Const(written))


def _check(name: str, *args: nodes.Node) -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute(name), [cast("nodes.Expr", arg) for arg in args], [], None, None)
