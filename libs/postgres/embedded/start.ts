import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { copyDirsFor, findBinaries, type Binaries } from './binaries.js';
import { asAccount, postgresEnvironment } from './child.js';
import { assertVersion, createCluster, resetPassword } from './cluster.js';
import { findDataPlace, makeParent, recordDataPlace, SYSTEM_DIR, type DataPlace } from './data-place.js';
import { EmbeddedPostgresError, explainOutput, reasonOf } from './errors.js';
import { greet, urlOf, type Target } from './greet.js';
import { openHome, type Home } from './home.js';
import { chooseListen } from './listen.js';
import { logSize, logTail, openLog } from './log-file.js';
import { keepPassword, newPassword, readPassword } from './password.js';
import { patiently, type Attempt } from './patience.js';
import { disownPostmasterFile, livePostmaster, readPostmasterFile, type PostmasterFile } from './postmaster-file.js';
import { settingArguments } from './settings.js';
import { shutDown, stopByPgCtl, watchChild, watchPid, type ExitInfo, type Watched } from './supervise.js';

/** A private PostgreSQL server, started or adopted by this process. */
export interface EmbeddedPostgres {
  /** `postgres://…` for whoever takes a DATABASE_URL. Holds the password. */
  readonly url: string;
  readonly pid: number;
  /** True when the server was found running, left by a process that was killed. */
  readonly adopted: boolean;
  /**
   * Fast shutdown; resolves when the server is gone (also when it already was). Safe to call twice.
   * @throws EmbeddedPostgresError `postgres.stop-failed`
   */
  stop(): Promise<void>;
  /**
   * Calls `listener` once when the server ends without `stop`: start again then. The end of an adopted server is noticed
   * within about a second.
   */
  onExit(listener: (info: ExitInfo) => void): void;
}

/** What `startEmbeddedPostgres` takes. */
export interface StartOptions {
  /** MILLRACE_HOME, absolute. Created if absent; hold its lock (`acquireHomeLock`) while using it. */
  readonly home: string;
  readonly log: (line: string) => void;
  /** Postgres settings over ours, for a server that is started (an adopted one keeps its own). */
  readonly settings?: Readonly<Record<string, string>>;
  /** The npm package with the programs, instead of the installed one. */
  readonly packageDir?: string;
  /** Where root keeps data and programs that the server's user must reach, instead of /var/lib/millrace. */
  readonly systemDir?: string;
}

/** Everything decided about this start. */
interface Start {
  readonly options: StartOptions;
  readonly home: Home;
  readonly place: DataPlace;
  readonly systemDir: string;
}

interface Running {
  readonly server: Watched;
  readonly target: Target;
  readonly adopted: boolean;
}

/** How long left-overs of a killed server may hold the data before we give up. */
const LEFT_OVERS_MS = 30_000;
const PAUSE_MS = 200;
const HELD_BY_LEFT_OVERS = /lock file ".*" already exists|pre-existing shared memory block/;

/**
 * Starts the private server of this home, or adopts the one that a killed process left running; makes the data on the first
 * start. The server leads its own process group: Ctrl-C does not reach it, and if this process is killed it stays, harmless,
 * for the next start to adopt.
 * @throws EmbeddedPostgresError always with a sentence on what to do
 */
export async function startEmbeddedPostgres(options: StartOptions): Promise<EmbeddedPostgres> {
  const home = await openHome(options.home);
  const systemDir = options.systemDir ?? SYSTEM_DIR;
  const start: Start = { options, home, systemDir, place: await findDataPlace(home, systemDir) };
  const running = (await adopt(start)) ?? (await startNew(start));
  const how = running.adopted ? 'was still running and is adopted' : 'started';
  options.log(`Postgres ${how} (pid ${running.server.pid}, data in ${start.place.cluster}).`);
  return handleOf(running, start);
}

function handleOf({ server, target, adopted }: Running, start: Start): EmbeddedPostgres {
  let stopping: Promise<void> | undefined;
  return {
    url: urlOf(target),
    pid: server.pid,
    adopted,
    stop: () => (stopping ??= shutDown(server, async (mode) => stopByPgCtl((await binariesOf(start)).pgCtl, target.cluster, mode))),
    onExit: (listener) => {
      void server.gone.then((info) => {
        if (stopping === undefined) listener(info);
      });
    },
  };
}

/** The server at work on this data, once it takes connections; undefined when there is none (any more). */
async function adopt(start: Start): Promise<Running | undefined> {
  return patiently(async (): Promise<Attempt<Running | undefined>> => {
    const file = await readPostmasterFile(start.place.cluster);
    if (file === undefined) return { done: undefined };
    const found = await livePostmaster(file, start.place.cluster);
    if (found !== undefined) return greetFound(start, file, found.started);
    await disownPostmasterFile(file, start.place.cluster);
    return { done: undefined };
  }, start.options.log);
}

async function greetFound(start: Start, file: PostmasterFile, started: string): Promise<Attempt<Running | undefined>> {
  // The line with the socket directory comes last, shortly after the file.
  if (file.listen.socketDir === undefined && process.platform !== 'win32') return { again: 'it is starting' };
  const target = { cluster: start.place.cluster, listen: file.listen, password: await passwordOfRunning(start, file.pid) };
  const reason = await greet(target);
  if (reason !== undefined) return { again: reason };
  return { done: { server: watchPid(file.pid, started, () => logTail(start.home)), target, adopted: true } };
}

async function passwordOfRunning({ home }: Start, pid: number): Promise<string> {
  const password = await readPassword(home);
  if (password !== undefined) return password;
  throw new EmbeddedPostgresError(
    'postgres.password-missing',
    `${home.password} is missing while its server runs. Put it back; ` +
      `or stop the server (kill -INT ${pid}) and start again: a new password is set then.`,
  );
}

async function startNew(start: Start): Promise<Running> {
  const binaries = await binariesOf(start);
  const password = await prepareData(start, binaries);
  const deadline = Date.now() + LEFT_OVERS_MS;
  for (;;) {
    const outcome = await launch(start, binaries, password);
    if ('server' in outcome) return outcome;
    if (!HELD_BY_LEFT_OVERS.test(outcome.logTail) || Date.now() > deadline) {
      throw explainOutput('postgres.start-failed', 'Starting Postgres', outcome.logTail);
    }
    await delay(PAUSE_MS);
    const found = await adopt(start);
    if (found !== undefined) return found;
  }
}

/** Makes the data directory and the password as far as they are missing. */
async function prepareData({ home, place, options }: Start, binaries: Binaries): Promise<string> {
  const known = await readPassword(home);
  const password = known ?? newPassword();
  if (place.exists) {
    await assertVersion(place.cluster, binaries.major);
    if (known === undefined) await resetPassword(place.cluster, binaries, place.account, password);
  }
  if (known === undefined) await keepPassword(home, password);
  if (!place.exists) {
    await makeParent(place.cluster);
    await createCluster(place.cluster, binaries, place.account, password);
  }
  await recordDataPlace(home, place.cluster);
  if (place.cluster !== home.cluster) options.log(`The database lies outside MILLRACE_HOME, in ${place.cluster} (see ${home.location}).`);
  return password;
}

/** One try to bring the server up: a server that takes connections, or how it ended. */
async function launch(start: Start, binaries: Binaries, password: string): Promise<Running | ExitInfo> {
  const { cluster, account } = start.place;
  const target = { cluster, listen: await chooseListen(cluster, account), password };
  const server = await spawnServer(start, binaries, settingArguments(target.listen, start.options.settings));
  let ended: ExitInfo | undefined;
  void server.gone.then((info) => {
    ended = info;
  });
  return patiently(async (): Promise<Attempt<Running | ExitInfo>> => {
    if (ended !== undefined) return { done: ended };
    const reason = await greetOrStop(target, server, start);
    return reason === undefined ? { done: { server, target, adopted: false } } : { again: reason };
  }, start.options.log);
}

/** When the greeting fails for good, the server we just started must not stay. */
async function greetOrStop(target: Target, server: Watched, start: Start): Promise<string | undefined> {
  try {
    return await greet(target);
  } catch (error) {
    await shutDown(server, async (mode) => stopByPgCtl((await binariesOf(start)).pgCtl, target.cluster, mode));
    throw error;
  }
}

async function spawnServer({ home, place }: Start, binaries: Binaries, settings: readonly string[]): Promise<Watched> {
  const log = await openLog(home);
  const from = await logSize(home);
  try {
    const child = spawn(binaries.postgres, ['-D', place.cluster, ...settings], {
      cwd: '/',
      env: postgresEnvironment(),
      stdio: ['ignore', log.fd, log.fd],
      // A process group of its own: the terminal's Ctrl-C is for us, who drain first.
      detached: true,
      windowsHide: true,
      ...asAccount(place.account),
    });
    await once(child, 'spawn');
    child.on('error', () => undefined);
    child.unref();
    return watchChild(child, child.pid as number, () => logTail(home, from));
  } catch (error) {
    throw explainOutput('postgres.start-failed', 'Starting Postgres', reasonOf(error));
  } finally {
    await log.close();
  }
}

function binariesOf({ options, home, place, systemDir }: Start): Promise<Binaries> {
  return findBinaries({
    account: place.account,
    copyDirs: copyDirsFor(home.dir, systemDir),
    log: options.log,
    packageDir: options.packageDir,
  });
}
