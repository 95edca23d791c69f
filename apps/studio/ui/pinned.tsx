import { Pin } from 'lucide-react';

/** At a step in the editor: tests take the pinned output, runs do the step. */
export function Pinned() {
  return (
    <span className="node-pin" title="Output pinned for tests">
      <Pin size={12} strokeWidth={1.8} aria-hidden />
      <span className="visually-hidden">Output pinned for tests. </span>
    </span>
  );
}
