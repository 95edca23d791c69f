interface Ran {
  /** The version that the new run is on. */
  readonly version: number;
  /** The one that is live; null where none is. */
  readonly liveVersion: number | null;
}

/** That a run was run again on a version that is not live any more, and how to choose the live one; no line where it was on that. */
export function otherVersionLines(id: string, { version, liveVersion }: Ran): string[] {
  if (liveVersion === null || liveVersion === version) return [];
  return [`It is on version ${version}, as before; version ${liveVersion} is live. To run it on that: millrace rerun ${id} --live`];
}
