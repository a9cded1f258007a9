from qinglian.cli.main import main

raise SystemExit(main())
