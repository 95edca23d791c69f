import type { StepView } from '../api/wire.js';
import { clock, duration } from '../format/format.js';

const WORDS = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  skipped: 'Skipped',
  waiting: 'Waiting',
  running: 'Running',
  interrupted: 'Interrupted',
  cancelled: 'Cancelled',
} as const;

/** Every try of a step, the latest first. */
export function Attempts({ row }: { readonly row: StepView }) {
  return (
    <table className="attempts">
      <caption className="visually-hidden">Attempts</caption>
      <thead>
        <tr>
          <th scope="col">Attempt</th>
          <th scope="col">Started</th>
          <th scope="col">Result</th>
          <th scope="col" className="right">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {[...row.attemptLog].reverse().map(({ attempt, startedAt, status, error, durationMs }) => (
          <tr key={attempt}>
            <td>{attempt}</td>
            <td className="mono">{clock(startedAt)}</td>
            <td title={error?.message}>
              {error ? (error.status ?? error.code) : WORDS[durationMs !== null && status === 'interrupted' ? 'cancelled' : status]}
            </td>
            <td className="mono right">{durationMs === null ? '…' : duration(durationMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
