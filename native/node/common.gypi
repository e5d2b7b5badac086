# What node-gyp wants of Node's own headers folder, cut down to what an addon of the stable Node-API needs. The headers
# themselves come from the npm package node-api-headers, so building downloads nothing and needs no Node sources.
{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': {
      'Release': {'cflags': ['-O2', '-fno-omit-frame-pointer'], 'defines': ['NDEBUG']},
      'Debug': {'cflags': ['-O0', '-g'], 'defines': ['DEBUG']},
    },
  },
}
