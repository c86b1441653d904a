package dev.freshet.database;

import dev.freshet.database.definition.Definitions;
import dev.freshet.engine.Snapshot;

/** What readers see: a state, and the definitions and names that belong to it. */
record Published(Snapshot snapshot, Definitions definitions, Statements statements) {}
