/** Finds room for the names beside the map's symbols, so that none covers a marker or another name. */

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export type Side = "right" | "left" | "below" | "above";

/** A symbol, by its box, and the size of the name that belongs to it; pixels. */
export interface Named {
  symbol: Box;
  width: number;
  height: number;
}

const SIDES: readonly Side[] = ["right", "left", "below", "above"];
const GAP_PX = 2;

/** The side of its symbol on which each name has room, first come first served; null where there is none. */
export function sidesOf(names: readonly Named[], obstacles: readonly Box[]): (Side | null)[] {
  const taken = [...obstacles, ...names.map((each) => each.symbol)];
  return names.map((each) => {
    const side = SIDES.find((candidate) => !taken.some((box) => overlap(boxAt(each, candidate), box))) ?? null;
    if (side) taken.push(boxAt(each, side));
    return side;
  });
}

function boxAt({ symbol, width, height }: Named, side: Side): Box {
  const x = (symbol.left + symbol.right) / 2;
  const y = (symbol.top + symbol.bottom) / 2;
  if (side === "right") return boxFrom(symbol.right + GAP_PX, y - height / 2, width, height);
  if (side === "left") return boxFrom(symbol.left - GAP_PX - width, y - height / 2, width, height);
  return boxFrom(x - width / 2, side === "below" ? symbol.bottom : symbol.top - height, width, height);
}

function boxFrom(left: number, top: number, width: number, height: number): Box {
  return { left, top, right: left + width, bottom: top + height };
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
