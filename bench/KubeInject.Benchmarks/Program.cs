using System.Globalization;
using BenchmarkDotNet.Running;
using KubeInject.Benchmarks;

// "make-pods N" fills the cluster that bench/list-pods.sh measures on; everything else is BenchmarkDotNet's.
if (args is ["make-pods", var count])
    await PodMaker.RunAsync(int.Parse(count, CultureInfo.InvariantCulture));
else
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
