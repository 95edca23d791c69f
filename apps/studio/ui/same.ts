import { useState } from 'react';

/** The object of before, as long as it has the same members: a context that is given it renders no part of the page in vain. */
export function useSame<T extends object>(value: T): T {
  const [keep] = useState(() => keeper<T>());
  return keep(value);
}

/** A function that answers what it answered before when it is given an object with the same members. */
export function keeper<T extends object>(): (value: T) => T {
  let kept: T | undefined;
  return (value) => (kept = kept !== undefined && haveSameMembers(kept, value) ? kept : value);
}

function haveSameMembers<T extends object>(a: T, b: T): boolean {
  const names = Object.keys(a) as (keyof T)[];
  return names.length === Object.keys(b).length && names.every((name) => name in b && Object.is(a[name], b[name]));
}
