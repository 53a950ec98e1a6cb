// What an open document needs.

import "./matches.js";
import "./windows.js";
import "./margin.js";
import "./selection.js";
