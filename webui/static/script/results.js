// What pages of hits need, and tables of them.

import "./typing.js";
import "./hits.js";
import "./filters.js";
