# The engine (an addon of Node) and init (a static program of its own). Sources are what lies in the folders.
{
  'variables': {'sources_of': 'node ../scripts/sources.mjs'},
  'target_defaults': {
    'cflags': ['-Wall', '-Wextra', '-Wno-missing-field-initializers', '-Wno-unused-parameter',
      # GCC 12 sees overflows in its own library's strings and vectors.
      '-Wno-restrict', '-Wno-stringop-overflow'],
    'cflags_cc': ['-std=c++20'],
    'cflags_cc!': ['-std=gnu++17'],  # Node's own default, which would come last and win
  },
  'targets': [
    {
      'target_name': 'shuttle',
      'sources': ['<!@(<(sources_of) addon engine)'],
      'include_dirs': [
        '../node_modules/node-addon-api',
        '../node_modules/node-api-headers/include',
      ],
      'defines': ['NAPI_VERSION=9', 'NODE_ADDON_API_CPP_EXCEPTIONS',
                  # A worker that is being stopped must not take the process with it.
                  'NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS'],
      'cflags_cc': ['-fexceptions', '-fvisibility=hidden', '-pthread'],
      'ldflags': ['-pthread'],
    },
    {
      # Preloaded into the programs of a learning VM: depends on nothing, and is small to map.
      'target_name': 'shuttle-reader',
      'type': 'loadable_module',
      'sources': ['<!@(<(sources_of) reader)'],
      'cflags_cc': ['-fno-exceptions', '-fno-rtti', '-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-fvisibility=hidden'],
      'ldflags': ['-nostdlib', '-Wl,-z,noseparate-code', '-Wl,--hash-style=gnu', '-Wl,--build-id=none', '-Wl,-soname,shuttle-reader.so', '-s'],
    },
    {
      'target_name': 'shuttle-init',
      'type': 'executable',
      'sources': ['<!@(<(sources_of) init)'],
      # Not position independent: relocating itself would cost each VM some of its start.
      'cflags!': ['-fPIC'],
      'cflags_cc': ['-fno-exceptions', '-fno-rtti', '-fno-pie', '-ffunction-sections', '-fdata-sections'],
      'ldflags': ['-static', '-no-pie', '-Wl,--gc-sections', '-s'],
    },
  ],
}
