// Groups of pins: a pin names its group, and groups stand in the order of their first pins.

// Returns the groups of a board, each with its name, "" for none, and its pins.
export function grouped(board) {
  const groups = new Map();
  for (const held of board) {
    if (!groups.has(held.group)) groups.set(held.group, []);
    groups.get(held.group).push(held);
  }
  return [...groups].map(([name, pins]) => ({ name, pins }));
}

// Returns the pins in the order in which they are shown.
export const inOrder = (board) => grouped(board).flatMap((group) => group.pins);

// Returns the board with a pin one place up (-1) or down (1); at the edge of its group it goes over
// into the next one.
export function moved(board, id, by) {
  const order = inOrder(board), at = order.findIndex((held) => held.id === id), other = order[at + by];
  if (at < 0 || !other) return order;
  if (other.group !== order[at].group) order[at] = { ...order[at], group: other.group };
  else order.splice(at + by, 0, ...order.splice(at, 1));
  return order;
}

// Returns the board with a pin before another one, in its group.
export function movedBefore(board, id, otherId) {
  const order = inOrder(board), held = order.find((each) => each.id === id);
  const other = order.find((each) => each.id === otherId);
  if (!held || !other || held === other) return order;
  const rest = order.filter((each) => each !== held);
  rest.splice(rest.indexOf(other), 0, { ...held, group: other.group });
  return rest;
}

// Returns the board with a pin at the end of a group.
export function movedInto(board, id, group) {
  const held = board.find((each) => each.id === id);
  return held ? inOrder([...board.filter((each) => each !== held), { ...held, group }]) : board;
}
