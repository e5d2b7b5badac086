/** What the running kernel lets Shuttle do besides what it must, each found by trying. */
export interface KernelAbilities {
  /** The engine is woken on the program's own processor (6.6). */
  syncWakeUp: boolean;
  /** A signal does not repeat a call that the engine has begun (5.19). */
  waitKillable: boolean;
  /** A thread's own descriptors can be fetched (6.9). */
  threadDescriptors: boolean;
  /** A VM of this user can be limited as a whole. */
  groups: boolean;
}

export interface KernelFunctions {
  kernelAbilities(): KernelAbilities;
}
