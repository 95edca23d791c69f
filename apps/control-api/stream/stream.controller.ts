import { Get, Inject, Query, Req, Res, type OnModuleDestroy, type Provider } from '@nestjs/common';
import { PLATFORM, type Platform } from '@millrace/platform';
import { PostgresChanges } from '@millrace/postgres';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiController } from '../api-controller.js';
import { streamQuery } from '../wire/stream.js';
import { ChangeStream } from './change-stream.js';

/** Proxies end connections over which nothing comes; most wait a minute. */
const HEARTBEAT_MS = 15_000;
/** A listener that takes nothing is let go when this much waits for it, in bytes; it comes back by itself. */
const MAX_WAITING = 1024 * 1024;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // nginx buffers otherwise.
  'x-accel-buffering': 'no',
};

/** A row of what is live, as this process shows it. */
const FLOWS = { kind: 'flows', id: '', flowId: '', status: '' } as const;

/** The one that listeners and pages share. */
export const changeStream: Provider = {
  provide: ChangeStream,
  inject: [PLATFORM],
  useFactory: ({ catalog, database, log }: Platform) => {
    const store = new PostgresChanges(database.pool);
    return new ChangeStream({
      // The database knows earlier what was published than this process, which would then answer with what it knows.
      look: async (now, runIds) => [...(await store.look(now, runIds)), { ...FLOWS, state: catalog.reading }],
      onError: (error) => log.debug({ reason: (error as Error).message }, 'The stream could not look for changes'),
    });
  },
};

/** What changes, as server-sent events (HTML Living Standard, 9.2). */
@ApiController('stream')
export class StreamController implements OnModuleDestroy {
  private readonly open = new Set<() => void>();

  constructor(@Inject(ChangeStream) private readonly changes: ChangeStream) {}

  @Get()
  stream(@Query() query: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const { after } = streamQuery.read(query);
    const lastId = (request.headers['last-event-id'] as string | undefined) ?? after;
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, HEADERS);
    if (request.method === 'HEAD') return void raw.end();
    raw.write('retry: 1000\n\n');
    const leave = this.changes.listen(
      { write: (text) => void (raw.write(text) || raw.writableLength < MAX_WAITING || raw.destroy()) },
      lastId,
    );
    const heartbeat = setInterval(() => void raw.write(':\n\n'), HEARTBEAT_MS);
    const end = (): void => void raw.end();
    this.open.add(end);
    raw.on('close', () => {
      clearInterval(heartbeat);
      leave();
      this.open.delete(end);
    });
  }

  /** A server that stops waits for its connections, and these never end by themselves. */
  onModuleDestroy(): void {
    this.changes.close();
    for (const end of this.open) end();
  }
}
