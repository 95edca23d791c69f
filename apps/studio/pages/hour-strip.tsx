import type { FlowActivityView } from '../api/wire.js';
import { count } from '../format/format.js';

const [CELL, WIDTH, HEIGHT] = [5, 4, 22];
const LEAST = 2;

interface HourStripProps {
  readonly hours: FlowActivityView['hours'];
  readonly label: string;
  /** What is counted, where it is no runs. */
  readonly words?: string;
}

/** Runs by the hour: height is volume, the red part failed. */
export function HourStrip({ hours, label, words: given }: HourStripProps) {
  const most = Math.max(1, ...hours.map(({ runs }) => runs));
  const [runs, failed] = [sum(hours.map((hour) => hour.runs)), sum(hours.map((hour) => hour.failed))];
  const words = given ?? `${label}: ${count(runs, 'run')} in ${count(hours.length, 'hour')}, ${failed} failed`;
  return (
    <svg className="hours" width={hours.length * CELL} height={HEIGHT} role="img" aria-label={words}>
      {hours.map((hour, index) => {
        const height = hour.runs === 0 ? LEAST / 2 : Math.max(LEAST, (hour.runs / most) * HEIGHT);
        const bad = hour.failed === 0 ? 0 : Math.max(LEAST, (hour.failed / hour.runs) * height);
        return (
          <g key={index}>
            <rect className="hour" x={index * CELL} y={HEIGHT - height} width={WIDTH} height={height} />
            {bad > 0 && <rect className="hour-failed" x={index * CELL} y={HEIGHT - bad} width={WIDTH} height={bad} />}
          </g>
        );
      })}
    </svg>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
