BeforeDiscovery {
    $commands = (Import-PowerShellDataFile $PSScriptRoot/../../KubeInject.psd1).CmdletsToExport
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
}

Describe 'The module' {
    It 'has a valid manifest' -Tag NoCluster {
        (Test-ModuleManifest (Join-Path (Get-ModulePath) KubeInject.psd1)).Name | Should -Be KubeInject
    }

    It 'exports exactly the commands of its manifest' -Tag NoCluster {
        $module = Get-Module KubeInject
        $module.ExportedCommands.Keys | Sort-Object | Should -Be @(
            'Connect-KubeCluster', 'Disconnect-KubeCluster', 'Export-PodInjectionReport', 'Get-CredentialLease', 'Get-CredentialSource', 'Get-KubeCertificateAuthority', 'Get-KubeConnection', 'Get-KubeContext', 'Get-KubeInjectStatus',
            'Get-KubePod', 'Get-KubeSecret', 'Get-KubeServiceAccountToken', 'Get-PodInjectionAnnotation', 'Install-KubeInject', 'Invoke-CredentialInjection', 'Invoke-CredentialRotation', 'New-CredentialSource',
            'Remove-KubeSecret', 'Remove-PodInjectionAnnotation', 'Repair-PodInjectionAnnotation', 'Revoke-CredentialLease', 'Set-KubeSecret', 'Set-PodInjectionAnnotation', 'Sync-CredentialLease', 'Test-KubeConnection', 'Test-PodInjectionAnnotation', 'Uninstall-KubeInject', 'Update-CredentialLease', 'Watch-KubePod')
        $module.ExportedVariables.Count + $module.ExportedAliases.Count | Should -Be 0
    }

    It 'imports without a warning' -Tag NoCluster {
        Import-Module (Get-ModulePath) -Force -WarningVariable warned -WarningAction SilentlyContinue
        $warned | Should -BeNullOrEmpty
    }

    It 'works after repeated imports' {
        $null = Connect-KubeCluster admin
        Import-Module (Get-ModulePath) -Force
        Import-Module (Get-ModulePath) -Force
        try {
            Get-KubePod -n (New-TestNamespace orders) | ForEach-Object Name | Should -Be orders
            (New-Manifest | Get-PodInjectionAnnotation).State | Should -Be Pending
        }
        finally { Disconnect-KubeCluster }
    }

    It 'works after it was removed and imported' {
        Remove-Module KubeInject
        Import-Module (Get-ModulePath)
        (New-Manifest | Get-PodInjectionAnnotation).State | Should -Be Pending
    }

    It 'can be imported by an absolute path, by a relative path, and from PSModulePath' -Tag NoCluster {
        Push-Location (Split-Path (Get-ModulePath))
        try {
            Invoke-InNewProcess { Import-Module ./KubeInject; (Get-Command Get-KubePod).Source } | Should -Be KubeInject
            Invoke-InNewProcess { $env:PSModulePath = Split-Path $args[0]; (Get-Command Get-KubePod).Source } | Should -Be KubeInject
        }
        finally { Pop-Location }
    }

    It 'loads Npgsql and its dependencies only for PostgreSQL, in a separate load context' {
        $loaded = Invoke-InNewProcess {
            param($path, $manifest)
            Import-Module $path
            $null = New-CredentialSource -Local
            $ours = { [AppDomain]::CurrentDomain.GetAssemblies().Where{ $_.Location -like "$path*" }.ForEach{ $_.GetName().Name } }
            (& $ours) -match 'Npgsql|Microsoft|System'
            'then'
            $folder = Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid())
            $source = New-CredentialSource -PostgreSql $env:KUBEINJECT_TEST_POSTGRES -LeasePath $folder -CreationStatement 'CREATE ROLE "{{name}}" LOGIN PASSWORD ''{{password}}'''
            ($manifest | Invoke-CredentialInjection -CredentialSource $source -WarningAction Ignore).Databases.Username
            Get-CredentialLease $source -WarningAction SilentlyContinue | Revoke-CredentialLease -Confirm:$false
            (& $ours) -match 'Npgsql'
            Remove-Item -Recurse $folder
        } (New-Manifest)
        $loaded | Should -HaveCount 3
        $loaded[0] | Should -Be 'then'
        $loaded[1] | Should -BeLike 'kubeinject-orders_rw-*'
        $loaded[2] | Should -Be 'Npgsql'
    }

    It 'uses an approved verb for <_>, and has a help message for each of its parameters' -ForEach $commands {
        $command = Get-Command $_ -Module KubeInject
        $command.Verb | Should -BeIn (Get-Verb).Verb
        $parameters = $command.Parameters.Values.Where{ $_.Name -notin [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters }
        $parameters | Where-Object { -not ($_.Attributes | Where-Object { $_ -is [Parameter] } | ForEach-Object HelpMessage) } | Should -BeNullOrEmpty
    }

    It 'declares the output type of <Name>' -ForEach @(
        @{ Name = 'Connect-KubeCluster'; Type = 'KubeInject.Kubernetes.Connection.KubeConnection' }
        @{ Name = 'Get-CredentialLease'; Type = 'KubeInject.Leases.CredentialLease' }
        @{ Name = 'Get-KubeCertificateAuthority'; Type = 'System.Security.Cryptography.X509Certificates.X509Certificate2' }
        @{ Name = 'Get-KubeConnection'; Type = 'KubeInject.Kubernetes.Connection.KubeConnection' }
        @{ Name = 'Get-KubeContext'; Type = 'KubeInject.Kubernetes.Configuration.KubeContext' }
        @{ Name = 'Get-KubeInjectStatus'; Type = 'KubeInject.Installation.InstallationStatus' }
        @{ Name = 'Get-KubePod'; Type = 'KubeInject.Kubernetes.Objects.Pod', 'KubeInject.Kubernetes.Objects.ObjectMetadata' }
        @{ Name = 'Get-KubeSecret'; Type = 'KubeInject.Cmdlets.Secrets.KubeSecret', 'System.Management.Automation.PSCredential' }
        @{ Name = 'Get-KubeServiceAccountToken'; Type = 'KubeInject.Cmdlets.Secrets.KubeServiceAccountToken' }
        @{ Name = 'Get-PodInjectionAnnotation'; Type = 'KubeInject.Annotations.PodInjection' }
        @{ Name = 'Install-KubeInject'; Type = 'KubeInject.Installation.InstalledObject' }
        @{ Name = 'Uninstall-KubeInject'; Type = 'KubeInject.Installation.InstalledObject' }
        @{ Name = 'Invoke-CredentialInjection'; Type = 'KubeInject.Injection.InjectionResult', 'System.String' }
        @{ Name = 'Invoke-CredentialRotation'; Type = 'KubeInject.Injection.Rotation.RotationResult' }
        @{ Name = 'New-CredentialSource'; Type = 'KubeInject.Leases.CredentialSource' }
        @{ Name = 'Remove-KubeSecret'; Type = 'System.Void' }
        @{ Name = 'Set-KubeSecret'; Type = 'KubeInject.Cmdlets.Secrets.KubeSecret' }
        @{ Name = 'Revoke-CredentialLease'; Type = 'System.Void' }
        @{ Name = 'Sync-CredentialLease'; Type = 'KubeInject.Leases.LeaseSweepSummary' }
        @{ Name = 'Update-CredentialLease'; Type = 'KubeInject.Leases.CredentialLease' }
        @{ Name = 'Test-KubeConnection'; Type = 'KubeInject.Kubernetes.Connection.ConnectionReport' }
        @{ Name = 'Watch-KubePod'; Type = 'KubeInject.Kubernetes.Objects.PodEvent' }
    ) {
        (Get-Command $Name -Module KubeInject).OutputType.Name | Should -Be $Type
    }

    It 'has -WhatIf and -Confirm for cmdlets that change something' {
        $changing = 'Install-KubeInject', 'Uninstall-KubeInject', 'Invoke-CredentialInjection', 'Invoke-CredentialRotation', 'Remove-KubeSecret', 'Set-KubeSecret', 'Revoke-CredentialLease', 'Sync-CredentialLease', 'Update-CredentialLease'
        foreach ($name in 'WhatIf', 'Confirm') {
            $have = (Get-Command -Module KubeInject -ParameterName $name).Name
            foreach ($command in $changing) { $have | Should -Contain $command }
        }
    }
}

Describe 'The output of the module' {
    # PowerShell treats a list of a non-public type as one object: [0] would return all of it.
    It 'has lists with an indexer' {
        $null = Connect-KubeCluster admin
        try {
            $manifest = New-Manifest -Annotation @{ 'orders.rol' = 'x'; 'stock.role' = 'y'; 'web.role' = 'z'; 'web.env-key-dbuser' = 'A,B'; 'uuid' = 'x,y' }
            $returned = @(
                Get-KubePod -n (New-TestNamespace (New-Manifest))
                Get-KubeContext
                Test-KubeConnection
                Test-KubeConnection certificate
                $manifest | Get-PodInjectionAnnotation
                New-Manifest | Invoke-CredentialInjection -CredentialSource (New-CredentialSource -Local -LeasePath $TestDrive/lists) -WarningAction SilentlyContinue
            )
        }
        finally { Disconnect-KubeCluster }
        $lists = foreach ($one in $returned) {
            $one
            foreach ($property in $one.PSObject.Properties.Where{ $_.Value -is [System.Collections.IList] }) { $property.Value }
        }
        $lists = foreach ($one in $lists) {
            foreach ($property in $one.PSObject.Properties.Where{ $_.Value -is [System.Collections.IList] }) { "$($one.GetType().Name).$($property.Name) $($property.Value.GetType().IsPublic -or $property.Value -is [array])" }
        }
        $lists | Should -Contain 'PodInjection.Findings True'
        $lists | Should -Contain 'DatabaseInjection.UsernameVariables True'
        $lists | Should -Contain 'ConnectionReport.ServerCertificate True'
        $lists | Where-Object { $_ -like '* False' } | Sort-Object -Unique | Should -BeNullOrEmpty
    }
}

Describe 'The module with another version of YamlDotNet' -Tag NoCluster {
    BeforeAll {
        $other = Join-Path (Get-PackageFolder) yamldotnet/13.7.1/lib/netstandard2.0/YamlDotNet.dll
        if (-not (Test-Path $other)) { dotnet restore $PSScriptRoot/../KubeInject.IntegrationTests }
    }

    It 'works, and both versions stay loaded: the other one <_>' -ForEach 'first', 'second' {
        $before = Join-Path $TestDrive "$_.yaml"
        New-Manifest orders | Set-Content $before
        $report = Invoke-InNewProcess {
            $module, $other, $order, $manifest, $leases = $args
            if ($order -eq 'first') { Add-Type -Path $other }
            Import-Module $module
            $injection = Get-PodInjectionAnnotation $manifest
            if ($order -eq 'second') { Add-Type -Path $other }
            $text = Invoke-CredentialInjection $manifest -CredentialSource (New-CredentialSource -Local -LeasePath $leases) -AsManifest -WarningAction SilentlyContinue
            $theirs = [YamlDotNet.Serialization.DeserializerBuilder]::new().Build().Deserialize($text, [object])
            [pscustomobject]@{
                State  = "$($injection.State)"
                Names  = @($theirs['spec']['containers'][0]['env'] | ForEach-Object { $_['name'] })
                Loaded = @([System.Runtime.Loader.AssemblyLoadContext]::All.ForEach{
                        $context = $_.Name
                        $_.Assemblies.Where{ $_.GetName().Name -eq 'YamlDotNet' }.ForEach{ "$context $($_.GetName().Version.Major)" }
                    } | Sort-Object)
            } | ConvertTo-Json
        } $other, $_, $before, (Join-Path $TestDrive "leases-$_") | Out-String | ConvertFrom-Json
        $report.State | Should -Be Pending
        $report.Names | Should -Be DBUSER, DBPASSWORD
        $ours = ([xml](Get-Content -Raw $PSScriptRoot/../../Directory.Packages.props)).SelectSingleNode('//PackageVersion[@Include="YamlDotNet"]').Version.Split('.')[0]
        $report.Loaded | Should -Be 'Default 13', "KubeInject $ours"
    }
}

Describe 'The module in several runspaces' {
    It 'works in ForEach-Object -Parallel, with the same types in each' {
        $module = Get-ModulePath
        $manifest = New-Manifest
        $injections = 1..4 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:module
            $using:manifest | Get-PodInjectionAnnotation
        }
        $injections.State | Should -Be Pending, Pending, Pending, Pending
        foreach ($injection in $injections) { [object]::ReferenceEquals($injection.GetType(), ($manifest | Get-PodInjectionAnnotation).GetType()) | Should -BeTrue }
    }

    It 'accepts objects of one runspace in another' {
        $module = Get-ModulePath
        $manifest = New-Manifest
        $namespace = New-TestNamespace orders
        $connection = Connect-KubeCluster admin
        $source = New-CredentialSource -Local -LeasePath $TestDrive/leases
        try {
            $results = 1..8 | ForEach-Object -ThrottleLimit 4 -Parallel {
                Import-Module $using:module
                foreach ($i in 1..5) { (Get-KubePod -n $using:namespace -Connection $using:connection -Verbose 4>$null).Name }
                ($using:manifest | Invoke-CredentialInjection -CredentialSource $using:source -WarningAction SilentlyContinue).Status
            }
        }
        finally { Disconnect-KubeCluster }
        $results | Where-Object { $_ -eq 'orders' } | Should -HaveCount 40
        $results | Where-Object { $_ -eq 'Injected' } | Should -HaveCount 8
        Get-ChildItem $TestDrive/leases/*.json | Should -HaveCount 8
    }
}
