/** Superuser and database of the private server. */
export const USER = 'millrace';
export const DATABASE = 'millrace';

/**
 * Server settings: full durability, small at rest, quick on two cores. Other settings keep Postgres' own values.
 * https://www.postgresql.org/docs/18/runtime-config.html
 */
const SETTINGS: Readonly<Record<string, string>> = {
  // An acknowledged event survives a power cut.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',

  // Memory: only touched buffers are resident. The operating system's cache serves the rest.
  shared_buffers: '64MB',
  wal_buffers: '4MB',
  maintenance_work_mem: '32MB',
  effective_cache_size: '1GB',
  huge_pages: 'off',

  // Processes: no I/O workers (each is a process), no parallel plans, no replication.
  io_method: 'sync',
  max_connections: '40',
  max_worker_processes: '2',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  autovacuum_worker_slots: '3',
  autovacuum_max_workers: '2',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_replication_slots: '0',
  max_logical_replication_workers: '0',

  // Fewer full-page images under load; recovery replays at most about max_wal_size.
  checkpoint_timeout: '15min',
  max_wal_size: '1GB',
  min_wal_size: '256MB',

  // Short statements on a solid-state disk.
  jit: 'off',
  random_page_cost: '1.1',
  autovacuum_naptime: '30s',

  // The log goes to stderr, which is our log file.
  logging_collector: 'off',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] ',
  log_timezone: 'UTC',
  timezone: 'UTC',
  cluster_name: 'millrace',
};

/** Where the server listens: a socket directory, or (Windows) a TCP port on 127.0.0.1. */
export interface Listen {
  readonly socketDir: string | undefined;
  readonly port: number;
}

/** The `-c name=value` arguments of the server. `extra` wins over our settings, but not over where it listens. */
export function settingArguments(listen: Listen, extra: Readonly<Record<string, string>> = {}): string[] {
  const where = {
    listen_addresses: listen.socketDir === undefined ? '127.0.0.1' : '',
    unix_socket_directories: listen.socketDir ?? '',
    unix_socket_permissions: '0700',
    port: String(listen.port),
  };
  return Object.entries({ ...SETTINGS, ...extra, ...where }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
