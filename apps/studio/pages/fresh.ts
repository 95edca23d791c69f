import { useState } from 'react';

interface Identified {
  readonly id: string;
}

export interface Fresh<T> {
  /** What is shown: nothing is put in above it while somebody reads. */
  readonly shown: readonly T[];
  /** How many newer ones wait. */
  readonly waiting: number;
  show(): void;
}

/**
 * Keeps what came after the list was opened out of it until it is asked for. Ids are in order of time. A list that was
 * empty takes everything at once, and so does one with other filters (`key`).
 */
export function useFresh<T extends Identified>(items: readonly T[], key: string): Fresh<T> {
  const [top, setTop] = useState<{ key: string; id: string | undefined }>({ key, id: items[0]?.id });
  const known = top.key === key ? top.id : undefined;
  if (known === undefined && items[0] && (top.key !== key || top.id !== items[0].id)) setTop({ key, id: items[0].id });
  const shown = known === undefined ? items : items.filter(({ id }) => id <= known);
  return { shown, waiting: items.length - shown.length, show: () => setTop({ key, id: items[0]?.id }) };
}
