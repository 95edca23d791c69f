/** One message as it goes over the wire, without its id. */
export interface Message {
  readonly id: string;
  readonly text: string;
}

/** Messages kept for those who come back; a browser that was away for longer loads anew. */
const KEPT = 500;

/**
 * The latest messages, numbered. An id is the name of this series and a number in it: one of another process, or of
 * before a pause, is not known here, and whoever comes with it is told to load anew.
 */
export class Backlog {
  private messages: Message[] = [];
  private count = 0;

  constructor(private readonly series: string) {}

  get latest(): string {
    return `${this.series}-${this.count}`;
  }

  add(event: string, data: unknown): Message {
    this.count += 1;
    const message = { id: this.latest, text: frame(this.latest, event, data) };
    this.messages = [...this.messages.slice(1 - KEPT), message];
    return message;
  }

  /** What came after `id`, or undefined when that cannot be told without a gap. */
  after(id: string): readonly Message[] | undefined {
    if (id === this.latest) return [];
    const at = this.messages.findIndex((message) => message.id === id);
    if (at >= 0) return this.messages.slice(at + 1);
    return id === `${this.series}-${this.count - this.messages.length}` ? this.messages : undefined;
  }
}

/** One message of the event stream format (HTML Living Standard, 9.2.5). JSON has no line breaks of its own. */
export function frame(id: string, event: string, data: unknown): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
