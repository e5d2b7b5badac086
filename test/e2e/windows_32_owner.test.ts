// The pairs of Windows programs anew: the owner's program of 32 bits, the user's of 64.
process.env.SHUTTLE_TEST_32 = 'owner';
for (const kind of [
  ...['pipes', 'mailslots', 'sections', 'waits', 'messages', 'broadcasts', 'clipboard', 'dde', 'services', 'programs'],
  ...['rpc', 'names', 'torn', 'crowd', 'leaks', 'recorded'],
])
  await import(`./windows_${kind}.test.ts`);

export {};
