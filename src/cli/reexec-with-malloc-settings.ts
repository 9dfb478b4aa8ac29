/**
 * Settings of glibc's allocator. Its own defaults suit programs that allocate
 * little from few threads: here pictures and packets of all sizes come and go in
 * a dozen threads, and its heaps scatter until they hold twice what is in use.
 * Blocks from 32 KiB on are therefore mapped and given back one by one, and
 * small ones share two heaps, of which eight MiB may lie idle (with glibc's 128 KiB the heap
 * shrank and grew all the time: a tenth of all processor time).
 */
const settings = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '32768',
  MALLOC_TRIM_THRESHOLD_: '8388608',
} as const;

/**
 * Re-executes the program in its own place (same process id, arguments, open
 * files) with the allocator's settings, which it reads at its start alone. For
 * commands that stay; call before anything else. What the user has set himself
 * stays; where it is not possible, things go on as they are.
 */
export function reexecWithMallocSettings(): void {
  const { platform, env, execve, send } = process;
  if (platform !== 'linux' || execve === undefined || send !== undefined) return;
  if (Object.keys(settings).some((name) => env[name] !== undefined)) return;
  try {
    const command = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
    process.execve?.(process.execPath, command, { ...env, ...settings });
  } catch {
    // Only memory is at stake.
  }
}
