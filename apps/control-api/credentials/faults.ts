import { ApiError } from '@millrace/platform';

/** How errors of the vault, and of whoever makes endpoints, are answered: their messages are for whoever asks, and hold no secret. */
const STATUS: Readonly<Record<string, number>> = {
  'credential.invalid': 422,
  'credential.name-invalid': 400,
  'credential.takes-no-secret': 422,
  'credential.not-found': 404,
  'endpoint.bad-name': 400,
  'endpoint.two-credentials': 400,
  'seal.key-invalid': 409,
  'seal.key-missing': 409,
  'seal.broken': 409,
};

/** Does the work; what is refused becomes an answer. */
export async function answering<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    const status = typeof code === 'string' ? STATUS[code] : undefined;
    throw status === undefined ? error : new ApiError(status, code as string, message);
  }
}
