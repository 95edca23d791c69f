import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Loaded } from './states.js';

interface PartProps<Module> {
  /** No two parts have the same. */
  readonly name: string;
  /** As in "Loading the editor…". */
  readonly what: string;
  readonly load: () => Promise<Module>;
  readonly children: (module: Module) => ReactNode;
}

/**
 * A part of the studio whose code is loaded when it is first shown. Where it cannot be had, because the server is away or is another
 * version by now, the page says so instead of staying empty. Browsers do not ask again for a script that failed: loading again is
 * that of the page.
 */
export function Part<Module>({ name, what, load, children }: PartProps<Module>) {
  const queryFn = (): Promise<Module> =>
    load().catch((cause: unknown) => {
      const message = `The code for ${what} cannot be loaded: the server is away, or was updated. What you changed is kept.`;
      throw new Error(message, { cause });
    });
  const query = useQuery({ queryKey: ['part', name], queryFn, staleTime: 'static', retry: false });
  return (
    <Loaded query={{ ...query, refetch: () => location.reload() }} what={what}>
      {children}
    </Loaded>
  );
}
