import type { Config } from '@millrace/config';
import { makeHome, type ServedDatabase } from '@millrace/platform';
import { acquireHomeLock, startEmbeddedPostgres, type EmbeddedPostgres } from '@millrace/postgres';
import type { Log } from '@millrace/telemetry';

/** Restarts within this time count as one failing database. */
const RESTART_WINDOW_MS = 60_000;
const MAX_RESTARTS = 5;

/**
 * The private PostgreSQL under MILLRACE_HOME, restarted when it dies: its crash recovery brings back everything that
 * was acknowledged. Gives up, ending the process, when it dies again and again. `mayStart` is asked once the home is ours.
 */
export async function openPrivateDatabase(config: Config, log: Log, mayStart: () => Promise<void>): Promise<ServedDatabase> {
  await makeHome(config.home);
  const lock = await acquireHomeLock(config.home);
  try {
    await mayStart();
    const keeper = new Keeper(config.home, log);
    const url = await keeper.start();
    return { url, stop: () => keeper.stop().finally(() => lock.release()) };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class Keeper {
  private current: EmbeddedPostgres | undefined;
  private stopping = false;
  private restarts: number[] = [];
  private restarting: Promise<void> | undefined;

  constructor(
    private readonly home: string,
    private readonly log: Log,
  ) {}

  async start(): Promise<string> {
    const server = await startEmbeddedPostgres({ home: this.home, log: (line) => this.log.info(line) });
    this.current = server;
    server.onExit(({ code, signal, logTail }) => {
      if (this.stopping || this.current !== server) return;
      this.log.error({ code, signal }, `PostgreSQL ended by itself; starting it again. Its last words:\n${logTail}`);
      this.restarting = this.restart();
    });
    return server.url;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.restarting;
    await this.current?.stop();
  }

  private async restart(): Promise<void> {
    const now = Date.now();
    this.restarts = [...this.restarts.filter((at) => now - at < RESTART_WINDOW_MS), now];
    try {
      if (this.restarts.length > MAX_RESTARTS) throw new Error(`it ended ${this.restarts.length} times within a minute`);
      await this.start();
      this.log.info('PostgreSQL is back');
    } catch (error) {
      this.log.fatal({ err: error }, `PostgreSQL cannot be kept running. See postgres.log in ${this.home}, then start again.`);
      process.exit(1);
    }
  }
}
