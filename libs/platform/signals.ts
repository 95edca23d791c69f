/**
 * Runs `stop` once on SIGINT or SIGTERM and then ends the process; a second signal ends it at once.
 * Durable state makes that safe at any time, only less tidy.
 */
export function onStopSignal(stop: () => Promise<void>, say: (line: string) => void): void {
  let stopping = false;
  const handle = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(130);
    stopping = true;
    say(`${signal}: finishing what is in flight; once more to stop at once.`);
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        say(`Stopping failed: ${(error as Error).message}`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
}
