"""Statements that are sent to the driver itself: those of readers' pages, and those that run with every comment.

What SQLAlchemy does around a statement (a context and a result object each time) takes several times as long as the
store does. Here it only compiles the statement, once for each kind of store, and its types convert what goes in and
what comes out; connections, transactions, errors and the engine's event `before_cursor_execute` stay SQLAlchemy's.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Dialect, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

from davidson.database import db

Row = Any
"""A tuple whose values have the names of their columns too."""
Convert = Callable[[Any], Any]


class Plan(NamedTuple):
    """A statement as one kind of store takes it: its text, the parameters and how they and the columns are converted.

    `positions` are the parameters' names in their order where the driver takes them so, else None; `row` makes a row
    of the values of its columns.
    """

    text: str
    constants: Mapping[str, Any]
    into: Sequence[tuple[str, Convert]]
    positions: Sequence[str] | None
    out: Sequence[tuple[int, Convert]]
    row: Callable[[Sequence[Any]], Row]


class Statement:
    """One statement. `keys` are the columns that an INSERT fills: all but those that the store fills itself."""

    def __init__(
        self,
        source: Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]] | Insert | Update,
        keys: Sequence[str] | None = None,
    ) -> None:
        self.source = source
        self.keys = keys
        self._plans: dict[str, Plan] = {}

    def all(self, **values: Any) -> list[Row]:
        """Run it in the session's transaction, and give all rows. Raises what `rows` raises."""
        return self.rows(db.session.connection(), values)

    def first(self, **values: Any) -> Row | None:
        """The first of them, if there is one."""
        return self.row(db.session.connection(), values)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Row]:
        """Run it in the connection's transaction, which it begins if there is none, and give all rows, none for none.

        Raises what SQLAlchemy raises for the driver's errors.
        """
        if not connection.in_transaction():
            connection.begin()
        dialect = connection.dialect
        plan = self._plans.get(dialect.name) or self._planned(dialect)
        given = {**plan.constants, **values}
        for name, convert in plan.into:
            given[name] = convert(given[name])
        parameters = given if plan.positions is None else tuple(map(given.__getitem__, plan.positions))
        driver: Any = connection.connection.dbapi_connection
        if connection.engine._has_events:
            connection.dispatch.before_cursor_execute(connection, None, plan.text, parameters, None, False)
        try:
            cursor = driver.execute(plan.text, parameters)
            found = list(map(list, cursor.fetchall())) if cursor.description else []
            cursor.close()
        except dialect.loaded_dbapi.Error as fault:
            raise self._named(fault, connection, plan.text) from fault
        for place, convert in plan.out:
            for values_found in found:
                values_found[place] = convert(values_found[place])
        return [plan.row(values_found) for values_found in found]

    def row(self, connection: Connection, values: Mapping[str, Any]) -> Row | None:
        """The first row, if there is one."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def _planned(self, dialect: Dialect) -> Plan:
        compiled: Any = self.source.compile(dialect=dialect, column_keys=self.keys)
        # By name, for one that stands in two conditions may be two objects there, and is still converted once.
        binds = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
        }
        columns = enumerate(column.type.dialect_impl(dialect) for column in self.source.exported_columns)
        results = [(place, type_.result_processor(dialect, None)) for place, type_ in columns]
        names = [str(name) for name, _ in self.source.exported_columns.items()]
        plan = self._plans[dialect.name] = Plan(
            text=str(compiled),
            constants={name: value for name, value in compiled.params.items() if value is not None},
            into=[(name, convert) for name, convert in binds.items() if convert is not None],
            positions=compiled.positiontup,
            out=[(place, convert) for place, convert in results if convert is not None],
            row=_row_with(names),
        )
        return plan

    def _named(self, fault: Any, connection: Connection, text: str) -> BaseException:
        dialect = connection.dialect
        is_lost = dialect.is_disconnect(fault, connection.connection.dbapi_connection, None)
        if is_lost:
            connection.invalidate(fault)
        named: BaseException = DBAPIError.instance(
            text,
            None,
            fault,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=dialect,
        )
        return named


def _row_with(names: Sequence[str]) -> Callable[[Sequence[Any]], Row]:
    make: Any = namedtuple  # Its names are known only here, and so to no type checker.
    row: Callable[[Sequence[Any]], Row] = make("Row", names, rename=True)._make
    return row
