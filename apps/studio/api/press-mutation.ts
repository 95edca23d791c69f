import { useMutation, type MutateOptions, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query';
import { useOnce } from '../ui/once.js';

type PressMutation<T, V> = Omit<UseMutationResult<T, Error, V>, 'mutate' | 'mutateAsync'> & {
  /** Asks for it, unless that repeats the press before or is asked for already. */
  readonly mutate: (variables: V, options?: MutateOptions<T, Error, V>) => void;
};

/** What a press asks the server to do. One press sends one request: nothing may begin twice because a hand was quick. */
export function usePressMutation<T, V = void>(options: UseMutationOptions<T, Error, V>): PressMutation<T, V> {
  const mutation = useMutation(options);
  // Its failure is in `error`.
  const mutate = useOnce((variables: V, more?: MutateOptions<T, Error, V>) => mutation.mutateAsync(variables, more).catch(() => undefined));
  return { ...mutation, mutate };
}
