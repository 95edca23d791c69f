import { Search } from 'lucide-react';
import { useFlows } from '../api/queries.js';
import { useUrlState } from '../ui/url-state.js';
import { useTyped } from '../ui/use-typed.js';

/** Searches when typing pauses. `/` goes to it. */
export function SearchBox({ label }: { readonly label: string }) {
  const { get, set } = useUrlState();
  const [text, type] = useTyped(get('q') ?? '', (q) => set({ q }, { replace: true }));
  return (
    <label className="search">
      <Search size={15} strokeWidth={1.6} aria-hidden />
      <input
        className="input"
        type="search"
        aria-label={label}
        placeholder={label}
        data-shortcut="/"
        value={text}
        onChange={(event) => type(event.target.value)}
      />
    </label>
  );
}

export function FlowFilter() {
  const { get, set } = useUrlState();
  const { data } = useFlows();
  const value = get('flow') ?? '';
  const known = data?.items ?? [];
  return (
    <select className="input" aria-label="Flow" value={value} onChange={(event) => set({ flow: event.target.value })}>
      <option value="">All flows</option>
      {known.map(({ id, name }) => (
        <option key={id} value={id}>
          {name ?? id}
        </option>
      ))}
      {value !== '' && !known.some(({ id }) => id === value) && <option value={value}>{value}</option>}
    </select>
  );
}

const SPANS: readonly (readonly [string, string, number])[] = [
  ['1h', 'Last hour', 3_600_000],
  ['24h', 'Last 24 hours', 86_400_000],
  ['7d', 'Last 7 days', 604_800_000],
];

interface ChoiceFilterProps {
  /** Of the address. */
  readonly name: string;
  readonly label: string;
  readonly any: string;
  readonly choices: readonly (readonly [value: string, label: string, ...more: unknown[]])[];
}

/** One of a few choices, or any of them. */
function ChoiceFilter({ name, label, any, choices }: ChoiceFilterProps) {
  const { get, set } = useUrlState();
  return (
    <select className="input" aria-label={label} value={get(name) ?? ''} onChange={(event) => set({ [name]: event.target.value })}>
      <option value="">{any}</option>
      {choices.map(([value, words]) => (
        <option key={value} value={value}>
          {words}
        </option>
      ))}
    </select>
  );
}

export function TimeFilter() {
  return <ChoiceFilter name="time" label="Time" any="Any time" choices={SPANS} />;
}

const WAITS: readonly (readonly [string, string])[] = [
  ['answer', 'An answer'],
  ['request', 'A request'],
  ['time', 'A time'],
  ['retry', 'Its next attempt'],
  ['call', 'A run that it called'],
  ['rate', 'The rate of a credential'],
];

/** What waiting runs wait for. */
export function WaitsFilter() {
  return <ChoiceFilter name="waitsFor" label="Waits for" any="Waits for anything" choices={WAITS} />;
}

const OUTCOMES: readonly (readonly [string, string])[] = [
  ['none', 'Made no run'],
  ['active', 'A run is under way'],
  ['failed', 'A run failed'],
  ['succeeded', 'A run succeeded'],
];

/** What became of events. */
export function OutcomeFilter() {
  return <ChoiceFilter name="outcome" label="What became of it" any="Any outcome" choices={OUTCOMES} />;
}

const MINUTE_MS = 60_000;

/** The `since` of a time filter, to the minute: the same question within a minute is the same query. */
export function sinceOf(time: string | undefined, now: number): string | undefined {
  const span = SPANS.find(([value]) => value === time);
  return span && new Date(Math.floor((now - span[2]) / MINUTE_MS) * MINUTE_MS).toISOString();
}
