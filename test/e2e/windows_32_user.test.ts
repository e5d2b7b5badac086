// The pairs of Windows programs anew: the user's program of 32 bits, the owner's of 64.
process.env.SHUTTLE_TEST_32 = 'user';
for (const kind of [
  ...['pipes', 'mailslots', 'sections', 'waits', 'messages', 'broadcasts', 'clipboard', 'dde', 'services', 'programs'],
  ...['rpc', 'names', 'torn', 'crowd', 'leaks', 'recorded'],
])
  await import(`./windows_${kind}.test.ts`);

export {};
