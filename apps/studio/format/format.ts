/** `2 ms`, `1.2 s`, `10 m 05 s`, `3 h 20 m`, `4 d 02 h`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 9_950 ? 1 : 0).replace(/^60$/, '59')} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} m`;
  return `${Math.floor(minutes / 1_440)} d ${pad(Math.floor((minutes % 1_440) / 60))} h`;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** `312 B`, `3.1 kB`, `20 MB`; a kilobyte is a thousand bytes. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  const value = bytes / 1_000 ** power;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[power - 1]}`;
}

/** `14:02:05`, local. */
export function clock(iso: string): string {
  const time = new Date(iso);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map(pad).join(':');
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `14:02:05` today, `3 Nov 14:02:05` on another day. */
export function moment(iso: string, now: number): string {
  const [time, today] = [new Date(iso), new Date(now)];
  if (time.toDateString() === today.toDateString()) return clock(iso);
  const year = time.getFullYear() === today.getFullYear() ? '' : ` ${time.getFullYear()}`;
  return `${time.getDate()} ${MONTHS[time.getMonth()]}${year} ${clock(iso)}`;
}

/** How long ago: `now`, `40 s ago`, `5 m ago`, `3 h ago`, `2 d ago`. */
export function ago(iso: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(iso)) / 1_000);
  if (seconds < 5) return 'now';
  const steps: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'm'],
    [1, 's'],
  ];
  const [unit, name] = steps.find(([length]) => seconds >= length)!;
  return `${Math.floor(seconds / unit)} ${name} ago`;
}

/** `12,345`. Not by the browser, which takes longer to load its languages than to draw a page. */
export function whole(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 run`, `3 runs`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${whole(amount)} ${amount === 1 ? one : many}`;
}

/** The part of an id that people can compare: a UUIDv7 begins with its time, so that its end tells neighbours apart. */
export function shortId(id: string): string {
  return id.slice(-6);
}
