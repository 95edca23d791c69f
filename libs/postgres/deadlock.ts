const ATTEMPTS = 5;

/**
 * Writes; what Postgres undid to end a deadlock (40P01) is written again. Our statements lock in one order, so that they have
 * none among themselves; what an operator types, and a rare meeting of parents and children that end at once, must cost nobody
 * an event or a step.
 */
export async function afterDeadlock<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01' || attempt === ATTEMPTS) throw error;
    }
  }
}
