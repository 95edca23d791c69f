import type { Trend } from './trend.js';

const [WIDTH, HEIGHT, STROKE] = [120, 24, 1.5];

/** How a number went, as a line; its highest value in words for those who do not see it. */
export function Sparkline({ trend: { lines, words } }: { readonly trend: Trend }) {
  return (
    <svg className="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={words}>
      <title>{words}</title>
      {lines.map((line, index) => (
        <polyline key={index} points={line.map(({ x, y }) => `${along(x)},${up(y)}`).join(' ')} vectorEffect="non-scaling-stroke" />
      ))}
    </svg>
  );
}

function along(x: number): string {
  return (x * WIDTH).toFixed(1);
}

/** Whole within the picture, the width of the line included. */
function up(y: number): string {
  return (HEIGHT - STROKE - y * (HEIGHT - 2 * STROKE)).toFixed(1);
}
