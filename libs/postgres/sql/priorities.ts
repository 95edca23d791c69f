/**
 * A run of high priority is due a minute earlier than it came, one of low priority a minute later: claims take the longest due
 * first, and so nobody is passed for longer than that.
 */
export const SHIFT_S = { high: -60, low: 60 } as const;

/** A hinted run of normal priority is due after these seconds; what is queued and due later than that is of low priority. */
export const GRACE_S = 5;

/** The priority of a version that goes live. */
export const SET_PRIORITY = `
  insert into flow_priorities as p (flow_id, shift) values ($1, make_interval(secs => $2::float8))
  on conflict (flow_id) do update set shift = excluded.shift where p.shift <> excluded.shift`;

export const END_PRIORITY = `delete from flow_priorities where flow_id = $1`;

/** When a run of \`flow\` is due that could begin now. */
export const dueNow = (flow: string): string => `now() + ${shiftOf(flow)}`;

/** By how much the runs of \`flow\` are due later than others. */
export const shiftOf = (flow: string): string =>
  `coalesce((select p.shift from flow_priorities p where p.flow_id = ${flow}), interval '0')`;
