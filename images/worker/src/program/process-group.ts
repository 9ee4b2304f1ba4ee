/**
 * Signals a whole process group.
 *
 * @returns false when nobody is left in it
 */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") return false;
    // A member that changed its user is there, though out of reach.
    if (code === "EPERM") return true;
    throw error;
  }
}
