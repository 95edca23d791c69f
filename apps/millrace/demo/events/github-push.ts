import { createHash, randomUUID } from 'node:crypto';
import type { Json } from '@millrace/component-sdk';

/** Time between two commits of the example. */
const STEP_MS = 7 * 60_000;

/** The headers of a delivery: docs.github.com, "Webhook events and payloads", "Delivery headers". */
export function githubHeaders(): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': 'GitHub-Hookshot/demo',
    'x-github-event': 'push',
    'x-github-delivery': randomUUID(),
    'x-github-hook-id': '100000001',
    'x-github-hook-installation-target-type': 'repository',
  };
}

/** A force push of two commits to the default branch: docs.github.com, "push", without the repository's many other URLs. */
export function githubPush(now: Date): { readonly [field: string]: Json } {
  const before = sha('before', now);
  const commits = [
    commit('Weigh parcels in grams\n\nOunces were rounded twice.', new Date(now.getTime() - STEP_MS)),
    commit('Ask <carrier> & customs for one label only', now),
  ];
  const after = commits[1]!.id;
  return {
    ref: 'refs/heads/main',
    before,
    after,
    repository: repository(),
    pusher: { name: 'ada', email: 'ada@example.com' },
    sender: { login: 'ada', id: 1815, type: 'User', site_admin: false },
    created: false,
    deleted: false,
    forced: true,
    base_ref: null,
    compare: `https://github.com/example/parcels/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits,
    head_commit: commits[1]!,
  };
}

function commit(message: string, at: Date): { readonly id: string; readonly [field: string]: Json } {
  const id = sha(message, at);
  const person = { name: 'Ada Lovelace', email: 'ada@example.com', username: 'ada' };
  return {
    id,
    tree_id: sha(`tree of ${id}`, at),
    distinct: true,
    message,
    timestamp: at.toISOString(),
    url: `https://github.com/example/parcels/commit/${id}`,
    author: person,
    committer: person,
    added: [],
    removed: [],
    modified: ['src/label.ts'],
  };
}

function repository(): Json {
  return {
    id: 100_000_002,
    name: 'parcels',
    full_name: 'example/parcels',
    private: true,
    owner: { login: 'example', id: 1816, type: 'Organization' },
    html_url: 'https://github.com/example/parcels',
    default_branch: 'main',
    master_branch: 'main',
  };
}

/** Looks like a commit id, and differs with every run of the demo. */
function sha(seed: string, at: Date): string {
  return createHash('sha1').update(`${seed} ${at.toISOString()}`).digest('hex');
}
