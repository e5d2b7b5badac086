{ "target_defaults": { "default_configuration": "Release" }, "variables": {} }
